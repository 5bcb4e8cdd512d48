"""Tables of the frame: settings of the site, and forms already received."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Coalesce

from .lists.models import ListPreference

__all__ = ["ListPreference", "SiteSetting", "SubmittedForm"]


class SiteSetting(models.Model):
    """Name, contact and colour of the installation (no province) or of one province (P-14). Empty means: as above."""

    province_id = models.BigIntegerField("省份", null=True, blank=True)
    name = models.CharField("平台名称", max_length=50, blank=True)
    subtitle = models.CharField("副标题", max_length=100, blank=True)
    phone = models.CharField("客服电话", max_length=50, blank=True)
    hours = models.CharField("服务时间", max_length=100, blank=True)
    mail = models.EmailField("客服邮箱", blank=True)
    footer = models.CharField("页脚", max_length=200, blank=True)
    theme_colour = models.CharField(
        "主题色",
        max_length=7,
        blank=True,
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", "请填写如 #0e625d 的颜色。")],
    )
    logo = models.BinaryField("标志", null=True, blank=True)
    changed_at = models.DateTimeField("修改时间", auto_now=True)

    class Meta:
        verbose_name = "平台设置"
        constraints = [models.UniqueConstraint(Coalesce("province_id", -1), name="ui_one_site_setting_per_province")]

    def __str__(self) -> str:
        return self.name or f"平台设置 {self.pk}"


class SubmittedForm(models.Model):
    """A form that was sent with a one-time token: a second send is answered with the first one's result."""

    user_id = models.BigIntegerField("用户", default=0)
    token = models.CharField("一次性标记", max_length=64)
    response_status = models.PositiveSmallIntegerField("结果状态", null=True)
    response_location = models.CharField("结果地址", max_length=2000, blank=True)
    created_at = models.DateTimeField("收到时间", db_index=True)

    class Meta:
        verbose_name = "已提交的表单"
        constraints = [models.UniqueConstraint(fields=["user_id", "token"], name="ui_form_received_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.created_at:%Y-%m-%d %H:%M:%S}"
