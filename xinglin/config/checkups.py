"""What the doctor asks about settings, database and static files (Q-12, Q-13)."""

from __future__ import annotations

import stat
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.checks import ERROR, WARNING, run_checks
from django.db import connection

from xinglin.config import certificates, components
from xinglin.config.health import database_fault, pending_migrations
from xinglin.config.static_files import is_collected
from xinglin.kernel import log_sink
from xinglin.kernel.checkups import Finding, Look, bad, checkup, ok, warn

POSTGRES = 150_000
SQLITE = (3, 35, 0)
SKEW_SECONDS = 30.0
CROWDED = 0.8
BIG_WAL = 512 * 1024 * 1024
CERTIFICATE_ENDS = timedelta(days=21)


@checkup("config.settings", title="配置", needs_database=False)
def configuration(look: Look) -> Iterator[Finding]:
    """The system checks; in production those for deployment too."""
    for message in run_checks(include_deployment_checks=settings.PRODUCTION):
        if message.is_silenced() or message.level < WARNING:
            continue
        say = bad if message.level >= ERROR else warn
        yield say(f"{message.id}：{message.msg}", message.hint or "见 docs/settings.md。")
    if not settings.PRODUCTION:
        yield ok("试用安装：没有 XINGLIN_PRODUCTION，正式使用前按 docs/operations/production.md 设置。")


@checkup("config.folder", title="数据目录", needs_database=False)
def folder(look: Look) -> Iterator[Finding]:
    """The data folder is there and its owner's alone."""
    place = Path(settings.DATA_DIR)
    if not place.is_dir():
        yield bad("数据目录不存在。", "运行 xinglin prepare，或检查 XINGLIN_DATA 和挂载。")
        return
    mode = stat.S_IMODE(place.stat().st_mode)
    if mode & 0o007:
        yield warn(f"数据目录的权限是 {mode:04o}，这台机器上别的账号也能进入。", "chmod 700 数据目录。")


@checkup("config.database", title="数据库", needs_database=False)
def database(look: Look) -> Iterator[Finding]:
    """It answers, is new enough and set up as it must be."""
    fault = database_fault()
    if fault:
        yield bad(
            f"数据库没有响应：{fault.reason}。", "检查数据库服务、DATABASE_URL 和网络；恢复后不用重启网页和后台进程。"
        )
        return
    yield from _postgres() if connection.vendor == "postgresql" else _sqlite(look)


def _postgres() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version_num')::int, current_setting('server_version'),"
            " current_setting('max_connections')::int, (SELECT count(*) FROM pg_stat_activity),"
            " pg_is_in_recovery(), extract(epoch FROM clock_timestamp()), current_setting('synchronous_commit'),"
            " current_setting('fsync'), pg_database_size(current_database())"
        )
        number, version, most, used, standby, seconds, commit, fsync, size = cursor.fetchone()
    skew = abs(float(seconds) - time.time())
    if number < POSTGRES:
        yield bad(f"PostgreSQL {version} 太旧。", "升级到 15 或更新。")
    if standby:
        yield bad("连到的是只读的备用库。", "把 DATABASE_URL 指向主库。")
    if fsync != "on":
        yield bad("数据库关闭了 fsync，断电会丢数据、坏数据。", "在 postgresql.conf 里设 fsync = on 并重载。")
    if commit == "off":
        yield warn("数据库的 synchronous_commit 是 off，断电会丢最近已确认的保存。", "设为 on。")
    if used > most * CROWDED:
        yield warn(f"数据库连接用了 {used} 个，上限 {most}。", "调高 max_connections，或减少网页进程和线程。")
    if skew > SKEW_SECONDS:
        yield bad(f"这台机器与数据库服务器的时钟相差 {skew:.0f} 秒。", "两边都开启自动校时（timedatectl）。")
    yield ok(f"PostgreSQL {version}，{size / 1024**2:,.0f} MB，连接 {used}/{most}。")


def _sqlite(look: Look) -> Iterator[Finding]:
    with connection.cursor() as cursor:
        found = {}
        for name in ("journal_mode", "synchronous", "page_count", "max_page_count", "page_size", "foreign_keys"):
            cursor.execute(f"PRAGMA {name}")
            found[name] = cursor.fetchone()[0]
    version = connection.Database.sqlite_version_info  # type: ignore[attr-defined]
    wal = Path(f"{connection.settings_dict['NAME']}-wal")
    if version < SQLITE:
        yield bad(f"SQLite {'.'.join(map(str, version))} 太旧。", "换用自带 SQLite 3.35 或更新的 Python。")
    if str(found["journal_mode"]).lower() != "wal":
        yield bad(
            f"SQLite 的 journal_mode 是 {found['journal_mode']}，不是 wal。", "数据目录要在本机磁盘上，不能是网络盘。"
        )
    if not found["synchronous"]:
        yield bad("SQLite 的 synchronous 是 OFF，断电会坏数据。", "去掉 DATABASE_URL 里的改动。")
    if found["page_count"] > found["max_page_count"] * 0.95:
        yield bad("SQLite 文件快到 max_page_count 的上限，到了就不能保存。", "在 DATABASE_URL 里调高 max_page_count。")
    if wal.exists() and wal.stat().st_size > BIG_WAL:
        yield warn(f"WAL 文件有 {wal.stat().st_size / 1024**2:,.0f} MB。", "有长时间不结束的读取；重启网页和后台进程。")
    if look.full:
        yield from _whole_file()
    size = found["page_count"] * found["page_size"]
    yield ok(f"SQLite {'.'.join(map(str, version))}，{size / 1024**2:,.0f} MB。")


def _whole_file() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA quick_check(20)")
        damage = [row[0] for row in cursor.fetchall() if row[0] != "ok"]
        cursor.execute("PRAGMA foreign_key_check")
        dangling = len(cursor.fetchmany(1_000))
    if damage:
        yield bad(
            f"数据库文件有 {len(damage)} 处损坏。",
            "立即停机，另存现在的文件，从最近的备份恢复（docs/operations/backup.md）。",
        )
    if dangling:
        yield bad(f"{dangling} 行引用了不存在的记录。", "请保留备份并联系技术支持。")


@checkup("config.migrations", title="数据库结构")
def migrations(look: Look) -> Iterator[Finding]:
    """The tables are those of this version."""
    if pending := pending_migrations():
        yield bad(f"还有 {len(pending)} 个迁移没有执行：{'、'.join(pending[:5])}。", "先备份，再运行 xinglin prepare。")


@checkup("config.static", title="静态文件", needs_database=False)
def static_files(look: Look) -> Iterator[Finding]:
    """What browsers get is what this version ships."""
    if settings.DEBUG or settings.WHITENOISE_USE_FINDERS:
        return
    if not is_collected():
        yield bad("静态文件不是这个版本的，页面会没有样式或脚本。", "运行 xinglin prepare。")


@checkup("config.certificate", title="网站证书", needs_database=False)
def certificate(look: Look) -> Iterator[Finding]:
    """Browsers trust the certificate of XINGLIN_SITE_URL, and will next week."""
    url = settings.XINGLIN_SITE_URL
    if not url.startswith("https://"):
        return
    try:
        seen = certificates.look(url)
    except OSError as error:
        yield warn(
            f"连接不上 {url}（{type(error).__name__}）。", "看 nginx 或 Caddy 是否在运行，这台机器能否解析域名。"
        )
        return
    if seen.distrust:
        yield bad(f"浏览器不会信任网站的证书：{seen.distrust}。", "换上公共机构签发、域名相符的证书，连同中间证书。")
    elif seen.ends_within(CERTIFICATE_ENDS):
        yield warn(f"网站的证书 {seen.ends_at:%Y-%m-%d} 到期。", "续签证书并重载 nginx；Caddy 会自己续签，看它的日志。")
    else:
        yield ok(f"网站的证书有效，{seen.ends_at:%Y-%m-%d} 到期。")


@checkup("config.logs", title="日志外送", needs_database=False)
def logs(look: Look) -> Iterator[Finding]:
    """The collector of logs answers, with a certificate that is believed."""
    if not settings.XINGLIN_LOG_SINK:
        return
    try:
        log_sink.collector_of(settings.XINGLIN_LOG_SINK).connect().close()
    except (OSError, ValueError) as error:
        yield bad(
            f"日志服务器连接不上（{type(error).__name__}），日志只在这台机器上。",
            "看 XINGLIN_LOG_SINK、证书和网络；恢复后自动续传，积压太多的会丢弃并计数。",
        )
        return
    yield ok("日志服务器有回答。")


@checkup("config.components", title="第三方组件", needs_database=False)
def third_parties(look: Look) -> Iterator[Finding]:
    """The libraries were brought up to date within the time that docs/security.md promises."""
    locked = components.locked_on()
    if locked is None:
        yield warn("不知道第三方组件是哪天锁定的。", "requirements/locked-on 缺失：重新取一份完整的程序。")
    elif components.overdue(locked):
        yield warn(
            f"第三方组件 {locked:%Y-%m-%d} 锁定，已超过 {components.RENEWED_WITHIN.days} 天。",
            "升级到新的版本：旧组件的漏洞不会自己消失（docs/security.md）。",
        )
    else:
        yield ok(f"第三方组件 {locked:%Y-%m-%d} 锁定。")
