"""Addresses of xinglin.accounts."""

from django.urls import path

from .views import identities, passwords, sign_in

app_name = "accounts"
urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-in/puzzle/", sign_in.puzzle, name="puzzle"),
    path("sign-in/organizations/", sign_in.names, name="organization-names"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("register-info/", sign_in.register_info, name="register-info"),
    path("initial-password/", passwords.initial_password, name="initial-password"),
    path("account/", identities.account, name="account"),
    path("account/password/", passwords.change_password, name="change-password"),
    path("identities/", identities.identities, name="identities"),
    path("identities/switch/", identities.switch, name="switch"),
]
