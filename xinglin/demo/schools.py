"""Invented schools with the five digits that begin their certificate numbers, and what is studied there."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class School:
    """``digits``: institution code as in diploma and degree numbers."""

    name: str
    digits: str


WESTERN = (
    School("澜江大学", "99901"), School("沧屿医科大学", "99902"), School("朔川医科大学", "99903"),
    School("云泽医科大学", "99904"), School("渟海大学", "99905"), School("青屏医学院", "99906"),
    School("望溪医学院", "99907"), School("赤砾医学院", "99908"),
)  # fmt: skip
TCM = (School("澜江中医药大学", "99911"), School("云泽中医药大学", "99912"), School("朔川中医药大学", "99913"))
JUNIOR = (School("青屏卫生职业学院", "99921"), School("泽芳医学高等专科学校", "99922"))

# Degree codes (GB/T 6864) of bachelor, professional master and professional doctor.
DEGREES = {
    "clinical": {"bachelor": "410", "master": "351", "doctor": "251"},
    "dental": {"bachelor": "410", "master": "352", "doctor": "252"},
    "tcm": {"bachelor": "410", "master": "353", "doctor": "253"},
}
MAJORS: dict[str, dict[str, tuple[str, ...]]] = {
    "clinical": {"bachelor": ("临床医学", "麻醉学", "儿科学", "医学影像学"), "higher": (
        "内科学", "外科学", "儿科学", "妇产科学", "急诊医学", "神经病学", "影像医学与核医学", "全科医学",
    )},
    "dental": {"bachelor": ("口腔医学",), "higher": ("口腔临床医学",)},
    "tcm": {"bachelor": ("中医学", "针灸推拿学", "中西医临床医学"), "higher": ("中医内科学", "针灸推拿学", "中医骨伤科学")},
}  # fmt: skip
SCOPES = {"clinical": ("101", "102", "103", "104", "111", "112"), "dental": ("201",), "tcm": ("401", "402")}
EMPLOYERS = ("安澜县人民医院", "清河县中心卫生院", "东屏区人民医院", "西溪区社区卫生服务中心", "北亭区人民医院")
