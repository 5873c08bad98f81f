from django.urls import path

from steelyard.web.alerts import views

urlpatterns = [
    path("", views.alert_list, name="alert_list"),
    path("held/", views.alert_held, name="alert_held"),
    path("views/", views.view_save, name="alert_view_save"),
    path("views/<int:pk>/forget/", views.view_forget, name="alert_view_forget"),
    path("<int:pk>/", views.alert_detail, name="alert_detail"),
    path("<int:pk>/flag/", views.alert_flag, name="alert_flag"),
    path("<int:pk>/replay/", views.alert_replay, name="alert_replay"),
]
