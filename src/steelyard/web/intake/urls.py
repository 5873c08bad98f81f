from django.urls import path

from steelyard.web.intake import (
    board_views,
    dataset_views,
    delivery_views,
    department_views,
    latency_views,
    order_views,
    quarantine_views,
    views,
)

urlpatterns = [
    path("", board_views.pool_status, name="pool_status"),
    path("interfaces/fetch/<path:interface>/", board_views.interface_fetch, name="interface_fetch"),
    path("interfaces/pause/<path:interface>/", board_views.interface_pause, name="interface_pause"),
    path("interfaces/resume/<path:interface>/", board_views.interface_resume, name="interface_resume"),
    path("interfaces/<path:interface>/", board_views.interface_detail, name="interface_detail"),
    path("pushes/", latency_views.push_latency, name="push_latency"),
    path("datasets/", dataset_views.dataset_list, name="dataset_list"),
    path("datasets/<slug:dataset>/", dataset_views.dataset_detail, name="dataset_detail"),
    path("datasets/<slug:dataset>/filled/", dataset_views.dataset_completeness, name="dataset_completeness"),
    path("departments/", department_views.department_list, name="department_list"),
    path("departments/<slug:department>/", department_views.department_card, name="department_card"),
    path("deliveries/<uuid:delivery>/", delivery_views.delivery_detail, name="delivery_detail"),
    path("deliveries/<uuid:delivery>/lineage/", delivery_views.delivery_lineage, name="delivery_lineage"),
    path("deliveries/<uuid:delivery>/replay/", delivery_views.delivery_replay, name="delivery_replay"),
    path("deliveries/<uuid:delivery>/withdraw/", delivery_views.delivery_withdraw, name="delivery_withdraw"),
    path("orders/<int:pk>/", order_views.order_detail, name="order_detail"),
    path("rows/<uuid:delivery>/<int:row>/", views.row_source, name="row_source"),
    path("quarantine/", quarantine_views.quarantine_list, name="quarantine_list"),
    path("quarantine.csv", quarantine_views.quarantine_export, name="quarantine_export"),
    path("quarantine/<int:pk>/", quarantine_views.quarantine_row, name="quarantine_row"),
    path("uploads/<int:pk>/", views.upload_detail, name="upload_detail"),
    path("upload/", views.delivery_upload, name="delivery_upload"),
    path("upload/<path:interface>/", views.delivery_upload, name="delivery_upload_for"),
]
