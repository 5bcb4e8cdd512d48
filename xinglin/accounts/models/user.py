"""A sign-in: a person's, or an organisation's own account."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models import Q

from xinglin.kernel.scope import ScopedModel
from xinglin.organizations.models import Organization
from xinglin.people.models import Person


class User(AbstractBaseUser, ScopedModel):
    """``sign_in_name`` is what staff chose; residents sign in with the ID number, bases with name or code.

    ``activated_at`` is empty until the first own password. ``session_epoch`` rises to end all sessions. Whom an
    organisation may see is decided by the account's grants (``Grant.objects.visible_to``).
    """

    scope_organization = None
    scope_person = "person_id"

    person = models.OneToOneField(Person, models.PROTECT, null=True, related_name="+")
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+", db_index=False)
    sign_in_name = models.CharField("用户名", max_length=64, null=True)
    is_active = models.BooleanField(default=True)
    activated_at = models.DateTimeField(null=True)
    session_epoch = models.PositiveIntegerField(default=0)
    last_grant_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "sign_in_name"
    REQUIRED_FIELDS = []

    class Meta(ScopedModel.Meta):
        # Nearly all accounts are residents', who have neither: their rows are in neither index.
        constraints = [
            models.UniqueConstraint(
                fields=["organization"], condition=Q(organization__isnull=False), name="user_once_an_organization"
            ),
            models.UniqueConstraint(  # PostgreSQL: finds prefixes too, in any collation
                fields=["sign_in_name"], condition=Q(sign_in_name__isnull=False), name="user_sign_in_name_once",
                opclasses=["varchar_pattern_ops"],
            ),
            models.CheckConstraint(
                name="user_is_person_or_organization",
                condition=Q(person__isnull=False, organization__isnull=True)
                | Q(person__isnull=True, organization__isnull=False),
            ),
        ]  # fmt: skip

    @property
    def display_name(self) -> str:
        """The person's or the organisation's name."""
        return self.person.name if self.person_id else self.organization.name  # type: ignore[union-attr]

    def get_session_auth_hash(self) -> str:
        """Ends sessions when the password changes or the epoch rises."""
        return f"{super().get_session_auth_hash()}-{self.session_epoch}"
