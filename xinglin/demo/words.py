"""What bases, provinces and residents write to each other."""

from __future__ import annotations

# (comment on the whole, comments on fields) of a base to a resident
TO_RESIDENT: tuple[tuple[str, dict[str, str]], ...] = (
    ("身份证国徽面反光，签发机关看不清，请在光线均匀处重拍。", {"basic_info.id_back": "反光，签发机关看不清"}),
    ("个人照片不是白底，请换 2 寸白底免冠照。", {"basic_info.photo": "不是白底"}),
    ("通讯地址请写到门牌号。", {}),
    (
        "学位证书编号与扫描件不一致，请核对；联系邮箱也请确认。",
        {"education.bachelor.degree_number": "与扫描件不一致", "basic_info.email": "请确认能收到邮件"},
    ),
    ("紧急联系人电话打不通，请更新。", {"basic_info.emergency_phone": "打不通"}),
)
REPLY = "已按意见修改，请老师核对。"
FIELD_REPLY = "核对过原件，编号无误。"

# (comment on the whole, comments on fields) of a province to a base
TO_BASE: tuple[tuple[str, dict[str, str]], ...] = (
    ("毕业证书扫描件不清楚，看不到编号，请重新上传。", {"education.bachelor.diploma_scan": "看不清编号"}),
    ("人员类型与工作单位不符，请核实后重报。", {"training_info.personnel_type": "请核实"}),
    ("通讯地址不完整，请本人补充到门牌号。", {"basic_info.address": "不完整"}),
    ("证件照不符合要求，请本人更换后重报。", {"basic_info.photo": "背景不是白色"}),
)
DOUBTFUL_REASON = "已核对证书原件，编号以原件为准。"
REVOKED = "复核时发现协同单位填写有误，撤销后由基地更正。"
