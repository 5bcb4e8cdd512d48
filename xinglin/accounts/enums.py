"""Words of accounts and sign-in."""

from django.db import models


class Policy(models.TextChoices):
    """Which initial password: the manuals' fixed default, or a random one-time password."""

    FIXED = "fixed", "固定初始密码"
    RANDOM = "random", "一次性随机密码"


class Entrance(models.TextChoices):
    """The entrances of the sign-in page, in the order of its tabs (P-04)."""

    ORGANIZATION = "organization", "业务管理系统"
    RESIDENT = "resident", "住院医师入口"
    FACULTY = "faculty", "师资"
    PHYSICIAN = "physician", "医师"


class Guess(models.TextChoices):
    """What may be guessed or asked for too often; each is counted for itself (P-08)."""

    PASSWORD = "password", "密码"
    CAPTCHA = "captcha", "图片验证码"
    CODE = "code", "手机验证码"
    ASKED = "asked", "索取手机验证码"
    FACTOR = "factor", "动态码、恢复码"


class Demand(models.TextChoices):
    """Who must have a second factor (XINGLIN_SECOND_FACTOR); everybody may (P-08)."""

    OPTIONAL = "optional", "自愿"
    PROVINCE = "province", "省级及以上"
    STAFF = "staff", "住院医师以外的全部身份"
    ALL = "all", "全部身份"


class CodePurpose(models.TextChoices):
    """What a code to the phone is for."""

    RESET = "reset", "重置密码"
    SIGN_IN = "sign_in", "代替图片验证码"
    FIRST = "first", "第一次登录"
    PHONE = "phone", "验证手机"


class PhoneProof(models.TextChoices):
    """How a phone became a verified one: typed in full as it was on record, or proven by a code sent to it."""

    MATCHED = "matched", "与登记的一致"
    CODE = "code", "短信验证码"


class HandoutVerb(models.TextChoices):
    """How an initial password came to be handed out."""

    OPENED = "opened", "开通账号"
    RESET = "reset", "重置密码"
    RENEWED = "renewed", "重新发放"
