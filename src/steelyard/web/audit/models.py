"""The record of who saw and did what.  Rows are added, never changed."""

from django.db import models


class AuditEvent(models.Model):
    """One look or one act.  ``details`` never holds a personal value, only keys and counts."""

    at = models.DateTimeField(db_default=models.Func(function="public.app_now"))
    user_id = models.BigIntegerField(null=True)
    username = models.CharField(max_length=150, blank=True)
    body_id = models.BigIntegerField(null=True)
    action = models.CharField(max_length=60)
    object_type = models.CharField(max_length=40, blank=True)
    object_id = models.CharField(max_length=80, blank=True)
    purpose = models.CharField(max_length=40, blank=True)
    case_no = models.CharField(max_length=40, blank=True)
    details = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["-at"]),
            models.Index(fields=["object_type", "object_id"]),
            models.Index(fields=["user_id", "-at"]),
        ]
