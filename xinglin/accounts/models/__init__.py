from ..enums import Policy
from .credential import MAX_TRIES, InitialCredential
from .defence import SignInFailure, UsedToken
from .grant import Grant
from .user import User

__all__ = ["MAX_TRIES", "Grant", "InitialCredential", "Policy", "SignInFailure", "UsedToken", "User"]
