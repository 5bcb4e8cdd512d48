from .credential import InitialCredential
from .grant import Grant
from .user import User

__all__ = ["Grant", "InitialCredential", "User"]
