"""Batches of initial passwords, and one-time links on activation sheets."""

import uuid

import django.db.models.deletion
import django.db.models.manager
from django.conf import settings
from django.db import migrations, models

import xinglin.vault.fields


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("vault", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="ActivationToken",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("digest", models.CharField(max_length=64)),
                ("issued_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                ("failed_tries", models.PositiveSmallIntegerField(default=0)),
                (
                    "credential",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.initialcredential"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at__isnull", True), ("used_at__isnull", True)),
                        fields=("credential",),
                        name="activation_one_live",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("digest", ""), _negated=True), name="activation_has_digest"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("used_at__isnull", True), ("revoked_at__isnull", True), _connector="OR"),
                        name="activation_one_end",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CredentialHandout",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "verb",
                    models.CharField(
                        choices=[("opened", "开通账号"), ("reset", "重置密码"), ("renewed", "重新发放")],
                        max_length=8,
                        verbose_name="方式",
                    ),
                ),
                ("owner_user_id", models.BigIntegerField(null=True)),
                ("grant_id", models.BigIntegerField(null=True)),
                ("organization_path", models.CharField(max_length=120)),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="理由")),
                ("job_id", models.UUIDField(null=True)),
                ("created_at", models.DateTimeField(verbose_name="时间")),
                ("finished_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField()),
                ("wiped_at", models.DateTimeField(null=True)),
                (
                    "key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="vault.datakey"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "default_manager_name": "unscoped",
                "indexes": [models.Index(fields=["owner_user_id", "-created_at"], name="handout_owner_recent")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("verb__in", ["opened", "reset", "renewed"])), name="handout_verb_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("created_at"))), name="handout_dates"
                    ),
                ],
            },
            managers=[("unscoped", django.db.models.manager.Manager())],
        ),
        migrations.CreateModel(
            name="HandoutItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "password",
                    xinglin.vault.fields.SealedTextField(
                        blank=True, default=b"", editable=True, plain_length=20, verbose_name="初始密码"
                    ),
                ),
                ("refusal", models.CharField(blank=True, max_length=300, verbose_name="原因")),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "credential",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="accounts.initialcredential",
                    ),
                ),
                (
                    "handout",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.credentialhandout"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("done_at__isnull", True)), fields=["handout"], name="handout_item_waiting"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("handout", "user"), name="handout_item_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("done_at__isnull", False),
                            models.Q(("credential__isnull", True), ("refusal", "")),
                            _connector="OR",
                        ),
                        name="handout_item_result_when_done",
                    ),
                ],
            },
        ),
    ]
