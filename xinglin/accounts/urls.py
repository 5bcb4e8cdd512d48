"""Addresses of xinglin.accounts."""

from django.urls import path

from .views import factor, identities, passwords, phone, presence, recovery, second_factor, sign_in

app_name = "accounts"
urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-in/puzzle/", sign_in.puzzle, name="puzzle"),
    path("sign-in/organizations/", sign_in.names, name="organization-names"),
    path("sign-in/code/", sign_in.code, name="sign-in-code"),
    path("sign-in/second/", second_factor.second_factor, name="second-factor"),
    path("forgotten/", recovery.forgotten, name="forgotten"),
    path("forgotten/<str:token>/", recovery.recover, name="recover"),
    path("forgotten/<str:token>/again/", recovery.again, name="recover-again"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("register-info/", sign_in.register_info, name="register-info"),
    path("initial-password/", passwords.initial_password, name="initial-password"),
    path("initial-password/code/", passwords.initial_code, name="initial-code"),
    path("account/", identities.account, name="account"),
    path("account/password/", passwords.change_password, name="change-password"),
    path("account/phone/", phone.verify, name="phone"),
    path("account/phone/code/", phone.send, name="phone-code"),
    path("account/second-factor/", factor.factor, name="factor"),
    path("account/second-factor/begin/", factor.begin, name="factor-begin"),
    path("account/second-factor/confirm/", factor.confirm, name="factor-confirm"),
    path("account/second-factor/codes/", factor.renew, name="factor-codes"),
    path("account/second-factor/off/", factor.off, name="factor-off"),
    path("account/sessions/", presence.end, name="end-sessions"),
    path("session/seen/", presence.seen, name="session-seen"),
    path("session/state/", presence.state, name="session-state"),
    path("identities/", identities.identities, name="identities"),
    path("identities/switch/", identities.switch, name="switch"),
]
