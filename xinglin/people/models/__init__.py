from .draft import Draft
from .education import Education
from .person import Person
from .qualification import Qualification

__all__ = ["Draft", "Education", "Person", "Qualification"]
