from django.urls import path

from steelyard.web.people import desk_views, report_views, views

urlpatterns = [
    path("", views.village_search, name="village_search"),
    path("village/<str:code>/", views.village_page, name="village_page"),
    path("village/<str:code>/<str:dataset>/<path:key>/", views.matter_page, name="matter_page"),
    path("figures/", views.people_statistics, name="people_statistics"),
    path("large-text/", views.elder_mode, name="elder_mode"),
    path("leave/", views.leave_now, name="leave_now"),
    path("report/", report_views.report_new, name="report_new"),
    path("report/receipt/", report_views.report_receipt, name="report_receipt"),
    path("track/", report_views.report_track, name="report_track"),
    path("track/message/", report_views.report_message, name="report_message"),
    path("track/rate/", report_views.report_rate, name="report_rate"),
    path("desk/", desk_views.appeal_desk, name="appeal_desk"),
    path("desk/<uuid:pk>/", desk_views.appeal_detail, name="appeal_detail"),
    path("desk/<uuid:pk>/act/<str:verb>/", desk_views.appeal_act, name="appeal_act"),
    path("desk/<uuid:pk>/photo/<uuid:photo>/", desk_views.appeal_photo, name="appeal_photo"),
    path("desk/<uuid:pk>/contact/", desk_views.appeal_contact, name="appeal_contact"),
]
