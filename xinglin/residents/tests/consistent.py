"""A strategy of records whose facts all agree, for the tests of the cross-checks."""

import datetime as dt

from hypothesis import strategies as st

from xinglin.kernel import id_numbers, uscc

AREAS = ("110199", "320199", "510199")
STAGES = (("bachelor", "05", "4", 23), ("master", "02", "3", 26), ("doctor", "01", "2", 30))


@st.composite
def records(draw):
    """Content of a resident with one to three levels, certified and in training; every number fits every other."""
    born = draw(st.dates(dt.date(1985, 1, 1), dt.date(1993, 12, 31)))
    number = id_numbers.synthetic(draw(st.sampled_from(AREAS)), born, draw(st.integers(0, 999)))
    content = {
        "basic_info.name": "林知夏",
        "basic_info.id_type": "01",
        "basic_info.id_number": number,
        "basic_info.sex": "1" if int(number[16]) % 2 else "2",
        "basic_info.birth_date": born.isoformat(),
        "basic_info.phone": "13900000001",
    }
    for stage, diploma_level, degree_level, age in STAGES[: draw(st.integers(1, 3))]:
        content |= _education(draw, stage, diploma_level, degree_level, born.year + age)
    return content | _certificates(number, born.year + 31) | _training(draw, born.year + 31)


def _education(draw, stage, diploma_level, degree_level, year):
    school, serial = draw(st.integers(10000, 99999)), draw(st.integers(0, 999999))
    return {
        f"education.{stage}.applies": True,
        f"education.{stage}.graduated_on": f"{year}-06-30",
        f"education.{stage}.degree": f"{degree_level}10",
        f"education.{stage}.diploma_number": f"{school}1{year}{diploma_level}{serial:06d}",
        f"education.{stage}.degree_number": f"{school}{degree_level}{year}{serial:06d}",
    }


def _certificates(number, year):
    return {
        "qualifications.status": "certified",
        "qualifications.code": f"{year}11110{number}",
        "qualifications.qualified_on": f"{year}-12-01",
        "qualifications.level": "licensed",
        "qualifications.category": "clinical",
        "qualifications.registered_on": f"{year}-12-20",
    }


def _training(draw, year):
    return {
        "training_info.employer_name": "云川第一医院",
        "training_info.employer_uscc": uscc.synthetic("110199", draw(st.integers(0, 99_999_999))),
        "training_info.starts_on": f"{year}-09-01",
        "training_info.ends_on": f"{year + 3}-08-31",
    }
