"""``xinglin first-account``: the first account of a new installation; everything else is done on the screen."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from xinglin.accounts.actions import NewStaff, open_staff
from xinglin.accounts.models import Grant
from xinglin.accounts.selectors import in_force
from xinglin.kernel import clock, id_numbers, names, phones
from xinglin.kernel.errors import DomainError
from xinglin.kernel.viewer import Viewer
from xinglin.organizations.actions import create_organization
from xinglin.organizations.enums import Kind
from xinglin.organizations.models import Organization
from xinglin.people.actions import NewPerson

ROLE = "association_admin"
WHY = "the first account comes before any viewer"
ASKED = {
    "ministry": "国家主管部门的名称",
    "association": "协会的名称",
    "name": "姓名",
    "id_number": "居民身份证号码",
    "phone": "手机号",
}


class Command(BaseCommand):
    help = (
        "开通第一个管理账号（协会管理员）；没有机构时一并建立国家主管部门和协会。逐项询问，证件号码不出现在命令行里。"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--again", action="store_true", help="已有管理账号时再开一个（例如原来的人都不在了）")

    def handle(self, *, again: bool, **_: Any) -> None:
        grants = Grant.objects.for_system(WHY).filter(in_force(clock.now()), role=ROLE, user__is_active=True)
        if grants.exists() and not again:
            raise CommandError("已经有有效的管理账号，其余账号由它在“系统管理”里开通。确要再开一个，请加 --again。")
        by = Viewer.system("安装时开通第一个账号", source="command")
        try:
            with transaction.atomic():
                self._open(by)
        except (DomainError, ValueError) as error:
            raise CommandError(f"没有开通：{error}") from error

    def _open(self, by: Viewer) -> None:
        association = Organization.objects.for_system(WHY).filter(kind=Kind.ASSOCIATION).first()
        if association is None:
            ministry = Organization.objects.for_system(WHY).filter(kind=Kind.MINISTRY).first()
            ministry = ministry or create_organization(None, kind=Kind.MINISTRY, name=self._ask("ministry"), by=by)
            association = create_organization(ministry, kind=Kind.ASSOCIATION, name=self._ask("association"), by=by)
        name = self._ask("name", names.clean_name)
        number = self._ask("id_number", lambda text: id_numbers.check(text).value)
        phone = self._ask("phone", phones.clean_mobile)
        opened = open_staff([NewStaff(NewPerson(name, "01", number, phone), ROLE, association)], by=by)
        if not opened.new:
            self.stdout.write("这个人已有账号，已加上管理身份；用原来的密码登录。")
            return
        password = opened.passwords.get(opened.user_ids[0], "000000")
        self.stdout.write(
            f"已开通。登录页选“业务管理系统”，用证件号码和初始密码 {password} 登录，并立即设置自己的密码。"
        )

    def _ask(self, key: str, clean: Callable[[str], Any] = str) -> Any:
        """One answer; asked again, with the reason, until it can be right."""
        while True:
            try:
                text = input(f"{ASKED[key]}：").strip()
            except EOFError as error:
                raise CommandError(f"没有开通：缺少{ASKED[key]}。") from error
            try:
                if text:
                    return clean(text)
            except (ValueError, DomainError) as error:
                self.stderr.write(str(error))
