from .areas import AreaSwitch
from .classes import ClassEnrolment, ClassStaff, Course, SchoolClass
from .families import FamilyLink, FamilyMember, FamilyRight
from .identity import ErasedId, ExternalId
from .organisations import AcademicSession, Calendar, CalendarDay, Organisation
from .staff import Post, StaffMember
from .students import Characteristic, Enrolment, Student, StudentCharacteristic

__all__ = [
    "AcademicSession",
    "AreaSwitch",
    "Calendar",
    "CalendarDay",
    "Characteristic",
    "ClassEnrolment",
    "ClassStaff",
    "Course",
    "Enrolment",
    "ErasedId",
    "ExternalId",
    "FamilyLink",
    "FamilyMember",
    "FamilyRight",
    "Organisation",
    "Post",
    "SchoolClass",
    "StaffMember",
    "Student",
    "StudentCharacteristic",
]
