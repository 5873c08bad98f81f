from django.urls import path, re_path

from steelyard.web.orgs import views

urlpatterns = [
    path("users/", views.user_list, name="user_list"),
    path("users/new/", views.user_new, name="user_new"),
    path("users/<int:pk>/", views.user_detail, name="user_detail"),
    re_path(r"^users/(?P<pk>\d+)/(?P<verb>disable|enable|reset-second-factor)/$", views.user_act, name="user_act"),
    path("reveal/", views.reveal_name, name="reveal_name"),
]
