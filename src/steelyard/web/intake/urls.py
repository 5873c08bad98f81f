from django.urls import path

from steelyard.web.intake import views

urlpatterns = [
    path("", views.pool_status, name="pool_status"),
    path("interfaces/<path:interface>/", views.interface_detail, name="interface_detail"),
    path("deliveries/<uuid:delivery>/", views.delivery_detail, name="delivery_detail"),
    path("rows/<uuid:delivery>/<int:row>/", views.row_source, name="row_source"),
    path("quarantine/", views.quarantine_list, name="quarantine_list"),
    path("quarantine.csv", views.quarantine_export, name="quarantine_export"),
    path("uploads/<int:pk>/", views.upload_detail, name="upload_detail"),
    path("upload/", views.delivery_upload, name="delivery_upload"),
    path("upload/<path:interface>/", views.delivery_upload, name="delivery_upload_for"),
]
