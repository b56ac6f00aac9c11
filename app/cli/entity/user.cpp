#include "app/cli/entity/user.hpp"

#include <google/protobuf/message.h>

#include <unistd.h>

#include "app/cli/entity/entity_commands.hpp"
#include "ttn/lorawan/v3/identityserver.pb.h"
#include "ttn/lorawan/v3/user.pb.h"
#include "ttn/lorawan/v3/user_services.pb.h"

namespace ff::cli {
namespace {

namespace pb = ttn::lorawan::v3;
using google::protobuf::DynamicCastToGenerated;
using google::protobuf::Message;

/// A server without the method is fine.
void show_password_rules(Session& session) {
  pb::GetIsConfigurationResponse answer;
  if (!session.api().call("Is/GetConfiguration", pb::GetIsConfigurationRequest(), answer)) return;
  const auto& rules = answer.configuration().user_registration().password_requirements();
  if (rules.has_min_length())
    session.inform("a password has at least " + std::to_string(rules.min_length().value()) +
                   " characters");
}

/// Twice on a terminal; once from a pipe.
Result<std::string> ask_password(Session& session, const std::string& what) {
  auto password = session.ask_secret(what);
  if (password.empty()) return fail(no_password);
  if (isatty(STDIN_FILENO) != 0 && session.ask_secret(what + ", again") != password)
    return fail(password_mismatch);
  return password;
}

Status complete(Session& session, const Arguments& arguments, Message& message) {
  auto& user = *DynamicCastToGenerated<pb::CreateUserRequest>(&message)->mutable_user();
  if (!arguments.has("state")) user.set_state(pb::STATE_APPROVED);
  if (!user.password().empty()) return {};
  show_password_rules(session);
  FF_TRY(*user.mutable_password(), ask_password(session, "password"));
  return {};
}

Status show_user(Session& session, const Arguments&, const Message& message) {
  const auto& user = *DynamicCastToGenerated<pb::User>(&message);
  if (!user.has_primary_email_address_validated_at())
    session.warn("the user's email address is not validated yet");
  if (user.state() == pb::STATE_REQUESTED)
    session.warn("the user has to be approved by an administrator");
  return session.printer().item(message);
}

Status complete_passwords(Session& session, const Arguments& arguments, Message& message) {
  auto& request = *DynamicCastToGenerated<pb::UpdateUserPasswordRequest>(&message);
  if (request.old().empty()) request.set_old(session.ask_secret("old password"));
  if (request.new_().empty()) {
    FF_TRY(*request.mutable_new_(), ask_password(session, "new password"));
  }
  if (!arguments.has("revoke-all-access")) request.set_revoke_all_access(true);
  return {};
}

struct Row {
  const char* group;
  const char* name;
  const char* method;
  const char* summary;
  const char* words;  ///< Separated by blanks.
};

void add(Command& root, const Row& row, Access access = Access::required) {
  add_method_command(root, {.group = row.group,
                            .name = row.name,
                            .summary = row.summary,
                            .shape = {row.method, "", {}},
                            .words = split_words(row.words),
                            .access = access});
}

constexpr Row rows[] = {
    {"users sessions", "list", "UserSessionRegistry/List", "list sessions", "user-id"},
    {"users sessions", "delete", "UserSessionRegistry/Delete", "end a session",
     "user-id session-id"},
    {"users bookmarks", "create", "UserBookmarkRegistry/Create", "bookmark an entity", "user-id"},
    {"users bookmarks", "list", "UserBookmarkRegistry/List", "list bookmarks", "user-id"},
    {"users bookmarks", "delete", "UserBookmarkRegistry/Delete", "delete a bookmark", "user-id"},
    {"users bookmarks", "batch-delete", "UserBookmarkRegistry/BatchDelete",
     "delete several bookmarks", "user-id"},
    {"users invitations", "list", "UserInvitationRegistry/List", "list invitations", ""},
    {"users invitations", "create", "UserInvitationRegistry/Send", "invite by email", "email"},
    {"users invitations", "delete", "UserInvitationRegistry/Delete", "take back an invitation",
     "email"},
    {"users oauth authorizations", "list", "OAuthAuthorizationRegistry/List",
     "list authorized clients", "user-id"},
    {"users oauth authorizations", "delete", "OAuthAuthorizationRegistry/Delete",
     "withdraw a client's authorization", "user-id client-id"},
    {"users oauth access-tokens", "list", "OAuthAuthorizationRegistry/ListTokens",
     "list access tokens", "user-id client-id"},
    {"users oauth access-tokens", "delete", "OAuthAuthorizationRegistry/DeleteToken",
     "delete an access token", "user-id client-id id"},
    {"users email-validations", "request", "EmailValidationRegistry/RequestValidation",
     "ask for a mail with a validation token", "user-id"},
    {"users email-validations", "validate", "EmailValidationRegistry/Validate",
     "validate an email address", "id token"},
};

}  // namespace

void complete_new_user(MethodCommand& row) {
  row.access = Access::optional;
  row.prepare = complete;
  row.asks = true;
  row.show = show_user;
}

void add_user_commands(Command& root) {
  for (const auto& row : rows) add(root, row);
  add(root,
      {"users", "forgot-password", "UserRegistry/CreateTemporaryPassword",
       "ask for a mail with a temporary password", "user-id"},
      Access::optional);
  add(root,
      {"users", "create-login-token", "UserAccess/CreateLoginToken", "create a login token",
       "user-id"},
      Access::optional);
  add_method_command(root, {.group = "users",
                            .name = "update-password",
                            .summary = "change a password",
                            .shape = {"UserRegistry/UpdatePassword", "", {}},
                            .words = {"user-id"},
                            .access = Access::optional,
                            .prepare = complete_passwords});
  group_at(root, "users sessions").summary = "logins by browser";
  group_at(root, "users bookmarks").summary = "bookmarked entities";
  group_at(root, "users invitations").summary = "invitations of users";
  group_at(root, "users oauth").summary = "OAuth clients' access";
  group_at(root, "users oauth authorizations").summary = "authorized OAuth clients";
  group_at(root, "users oauth access-tokens").summary = "their access tokens";
  group_at(root, "users email-validations").summary = "validation of email addresses";
}

}  // namespace ff::cli
