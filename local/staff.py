"""The staff users of a local stack: made in the user pool at deployment, signed in as any client would."""

from dataclasses import dataclass

from local.aws import client

PASSWORD = "Local-Staff-Password-1"


@dataclass(frozen=True)
class StaffUser:
    """A person of the staff; `agency_id` limits a recruiter to one agency."""

    name: str
    email: str
    group: str
    agency_id: str = ""
    phone: str = ""


RECRUITER = StaffUser("Rita Moreno-Bell", "rita.recruiter@example.com", "recruiter", "agency-north", "+16155550140")
OTHER_RECRUITER = StaffUser("Omar Hale", "omar.recruiter@example.com", "recruiter", "agency-south", "+16155550141")
CONTRACTING = StaffUser("Carla Winter", "carla.contracting@example.com", "contracting")
OTHER_CONTRACTING = StaffUser("Priya Sand", "priya.contracting@example.com", "contracting")
EVERYBODY = (RECRUITER, OTHER_RECRUITER, CONTRACTING, OTHER_CONTRACTING)


def seed(endpoint: str, pool_id: str) -> None:
    """Create or refresh every staff user with the one local password."""
    cognito = client("cognito-idp", endpoint)
    for user in EVERYBODY:
        attributes = {
            "email": user.email,
            "email_verified": "true",
            "name": user.name,
            "phone_number": user.phone,
            "custom:agency_id": user.agency_id,
        }
        given = [{"Name": name, "Value": value} for name, value in attributes.items() if value]
        try:
            cognito.admin_create_user(
                UserPoolId=pool_id,
                Username=user.email,
                UserAttributes=given,
                MessageAction="SUPPRESS",
                TemporaryPassword=PASSWORD,
            )
        except cognito.exceptions.UsernameExistsException:
            cognito.admin_update_user_attributes(UserPoolId=pool_id, Username=user.email, UserAttributes=given)
        cognito.admin_set_user_password(UserPoolId=pool_id, Username=user.email, Password=PASSWORD, Permanent=True)
        cognito.admin_add_user_to_group(UserPoolId=pool_id, Username=user.email, GroupName=user.group)


def sign_in(endpoint: str, client_id: str, user: StaffUser) -> str:
    """The ID token that staff calls carry as their bearer."""
    answer = client("cognito-idp", endpoint).initiate_auth(
        ClientId=client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": user.email, "PASSWORD": PASSWORD},
    )
    token: str = answer["AuthenticationResult"]["IdToken"]
    return token
