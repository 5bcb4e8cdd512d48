from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "xinglin.reviews"
    label = "reviews"
