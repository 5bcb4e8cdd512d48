from ..enums import Policy
from .activation import ActivationToken
from .credential import MAX_TRIES, InitialCredential
from .defence import KnownPlace, SignInFailure, UsedToken
from .factor import OFFER_KEPT, RecoveryCode, SecondFactor
from .grant import Grant
from .handout import CredentialHandout, HandoutItem
from .phones import CODE_TRIES, PhoneCode, VerifiedPhone
from .session import SignInSession
from .user import User

__all__ = [
    "CODE_TRIES",
    "MAX_TRIES",
    "OFFER_KEPT",
    "ActivationToken",
    "CredentialHandout",
    "Grant",
    "HandoutItem",
    "InitialCredential",
    "KnownPlace",
    "PhoneCode",
    "Policy",
    "RecoveryCode",
    "SecondFactor",
    "SignInFailure",
    "SignInSession",
    "UsedToken",
    "User",
    "VerifiedPhone",
]
