"""Invented names. Surnames are weighted roughly as in life; given names are made of characters that go together."""

from __future__ import annotations

from random import Random

_COMMON = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗"
_USUAL = "郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙史陶贺毛郝顾龚邵万覃武钱戴严莫孔向汤"
_RARE = "温裴岑纪骆傅言柏简郁席闻翟俞鲁葛凌祝耿樊左柳甘鲍项屈舒蓝"
_DOUBLE = ("欧阳", "上官", "司徒", "慕容")

_FIRST = {
    "1": "景嘉明思怀子承亦书予立知砚修云星泽逸睿宇博浩俊文致远天启少维彦柏松瑾君晏季若润清昱弘梓",
    "2": "清念若知以语书静雨诗思婉芷舒听怡可梦佳欣雅晓慧沐锦云映秋月初今蕴南星素安疏采令如瑾嘉",
}
_SECOND = {
    "1": "行树和川宁远舟谦洲然安鸣野澄帆凡钧麟昀朗哲衡舒阳桥驰峤恺楷航岳恒越川辰轩铮旸霖渊之文",
    "2": "禾慈溪初宜微宁薇苓汐遥音宁璃菡萱涵溪瑶颖琳妍若珂彤筠月棠荷岚柔苒晗漪然莹蓉芸霏舒言",
}
_SINGLE = {"1": "昊钧恺旭峥骁琛煜霁晟毅昕", "2": "璇琪婧莹瑶菁悦盈蓓霏妤昕玥"}
_FOREIGN = {
    "1": ("艾尔肯·库尔班", "扎西·次仁", "巴特尔·苏和", "木拉提·哈森"),
    "2": ("古丽娜·艾山", "卓玛·央金", "其其格·萨仁", "迪娜尔·赛力克"),
}
SHARE_DOTTED, SHARE_SINGLE, SHARE_DOUBLE_SURNAME = 0.008, 0.12, 0.006


def surname(rng: Random) -> str:
    """One surname."""
    if rng.random() < SHARE_DOUBLE_SURNAME:
        return rng.choice(_DOUBLE)
    return rng.choice(rng.choices((_COMMON, _USUAL, _RARE), (45, 48, 7))[0])


def full_name(rng: Random, sex: str) -> str:
    """A whole name; sex is the code of GB/T 2261.1 (1 male, 2 female)."""
    if rng.random() < SHARE_DOTTED:
        return rng.choice(_FOREIGN[sex])
    if rng.random() < SHARE_SINGLE:
        return surname(rng) + rng.choice(_SINGLE[sex])
    first, second = rng.choice(_FIRST[sex]), rng.choice(_SECOND[sex])
    while second == first:
        second = rng.choice(_SECOND[sex])
    return surname(rng) + first + second


class Namer:
    """Names that repeat only as often as in life: a few people share one, most do not."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._taken: set[str] = set()

    def __call__(self, sex: str) -> str:
        name = full_name(self._rng, sex)
        if name in self._taken and self._rng.random() < 0.9:
            name = full_name(self._rng, sex)
        self._taken.add(name)
        return name
