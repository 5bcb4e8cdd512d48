from ..enums import Policy
from .activation import ActivationToken
from .credential import MAX_TRIES, InitialCredential
from .defence import KnownPlace, SignInFailure, UsedToken
from .grant import Grant
from .handout import CredentialHandout, HandoutItem
from .phones import CODE_TRIES, PhoneCode, VerifiedPhone
from .session import SignInSession
from .user import User

__all__ = [
    "CODE_TRIES",
    "MAX_TRIES",
    "ActivationToken",
    "CredentialHandout",
    "Grant",
    "HandoutItem",
    "InitialCredential",
    "KnownPlace",
    "PhoneCode",
    "Policy",
    "SignInFailure",
    "SignInSession",
    "UsedToken",
    "User",
    "VerifiedPhone",
]
