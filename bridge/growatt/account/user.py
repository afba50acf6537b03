"""Users of an installer account."""

from dataclasses import replace
from typing import Any

from bridge.growatt import fields as f
from bridge.growatt.arguments import filled, identity, paging, present, whole
from bridge.growatt.calls import Call, Module, Plan, S, account_changing, endpoint, fetch, meanings
from bridge.growatt.errors import ArgumentError
from bridge.growatt.paging import every_page


class UserInfo(f.Reading):
    id: f.Integer = f.label("Account id", wire="c_user_id")
    name: f.Text = f.label("Account name", wire="c_user_name")
    registration_date: f.Moment = f.label("Creation time", wire="c_user_regtime")
    email: f.Text = f.label("E-mail", wire="c_user_email")
    phone_number: f.Text = f.label("Phone number", wire="c_user_tel")


class UserListData(f.Reading):
    count: f.Integer = f.label("Number of records")
    users: list[UserInfo] | None = f.label("Users", wire="c_user")


class UserRegistrationData(f.Reading):
    c_user_id: f.Integer = f.label("Account id")


UserList = f.DataReply[UserListData]
UserModification = f.DataReply[str]
UserRegistration = f.DataReply[UserRegistrationData]


class UsernameAvailabilityCheck(f.DataReply[str]):
    username_available: f.Flag = f.label("User name is free")


_ERRORS = meanings("system error")


class User(Module[S]):
    """End users of an installer account."""

    @endpoint
    def check_username(self, username: str) -> Plan[UsernameAvailabilityCheck]:
        """Whether a user name is still free (`username_available`); a taken one is no error."""
        errors = {**_ERRORS, 10002: "name missing"}
        form = {"user_name": filled("username", username)}
        call = Call(path="user/check_user", prefix="v1", form=form, every=300, errors=errors, answers=(NAME_TAKEN,))
        envelope = yield call
        beside = {**envelope.beside, "usernameAvailable": envelope.code == 0}
        return replace(envelope, beside=beside).into(UsernameAvailabilityCheck)

    @account_changing
    def register(
        self,
        username: str,
        password: str,
        email: str,
        country: str,
        installer_code: str | None = None,
        phone_number: str | None = None,
        time_zone: str | None = None,
        user_type: int = 1,
    ) -> Plan[UserRegistration]:
        """Register an end user. `country` as in `GrowattCountry`; `user_type` 1 is an end customer."""
        errors = {
            **meanings(
                "system error", "name or password missing", "name taken", "e-mail missing", "", "user type missing"
            ),
            10008: "token missing",
            10014: "installer code wrong",
        }
        form = present(
            user_name=filled("username", username),
            user_password=_password(password),
            user_email=filled("email", email),
            user_type=whole("user_type", user_type, 1, 99),
            user_country=filled("country", country),
            agentCode=installer_code,
            user_tel=phone_number,
            time=time_zone,
        )
        return fetch(
            Call(path="user/user_register", prefix="v1", form=form, write=True, errors=errors), UserRegistration
        )

    @account_changing
    def modify(self, user_id: int, phone_number: str, installer_code: str | None = None) -> Plan[UserModification]:
        """Change the phone number of an end user."""
        known = meanings("system error", "user id missing", "user unknown", "user not owned by this token")
        errors = {**known, 10014: "installer code wrong"}
        form = present(
            c_user_id=identity("user_id", user_id),
            mobile=filled("phone_number", phone_number),
            agent_code=installer_code,
        )
        return fetch(Call(path="user/modify", prefix="v1", form=form, write=True, errors=errors), UserModification)

    @endpoint
    def list(self, page: int | None = None, limit: int | None = None) -> Plan[UserList]:
        """The end users of this account. `limit`: 1 to 100 a page, the cloud's default is 20."""
        query = paging(page, limit)
        call = Call(
            path="user/c_user_list", verb="GET", prefix="v1", query=query, every=300, per_day=10, errors=_ERRORS
        )
        return fetch(call, UserList)

    list_all = every_page(list)


NAME_TAKEN = 10003


def _password(password: Any) -> str:
    """The value never gets into a message."""
    if isinstance(password, str) and password:
        return password
    raise ArgumentError("password", "(hidden)", "a text that is not empty")
