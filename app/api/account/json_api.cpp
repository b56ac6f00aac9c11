// The JSON API of the account application. [spec identity-server §13]
#include "app/api/account/login.hpp"
#include "app/api/account/routes.hpp"
#include "app/api/services/identity/entity_registry.hpp"
#include "protocol/api_json/api_json.hpp"
#include "ttn/lorawan/v3/identityserver.pb.h"
#include "ttn/lorawan/v3/user.pb.h"

namespace ff::api::account {
namespace {

constexpr std::string_view name_space = "pkg/account";
constexpr ErrorDef missing_user_id{name_space, "missing_user_id", Code::invalid_argument,
                                   "missing user ID"};
constexpr ErrorDef missing_password{name_space, "missing_password", Code::invalid_argument,
                                    "missing password"};
constexpr ErrorDef missing_token{name_space, "missing_token", Code::invalid_argument,
                                 "missing token"};
constexpr ErrorDef not_authenticated{name_space, "not_authenticated", Code::unauthenticated,
                                     "not authenticated"};

actors::Reply<LoggedIn> answer(const VisitPtr& visit) {
  return [visit](const Result<LoggedIn>& done) {
    if (!done) return visit->refuse(done.error());
    visit->no_content();
  };
}

pb::GetUserRequest user_request(const std::string& user_id) {
  pb::GetUserRequest request;
  request.mutable_user_ids()->set_user_id(user_id);
  for (const char* path :
       {"name", "description", "attributes", "primary_email_address",
        "primary_email_address_validated_at", "state", "state_description", "admin",
        "password_updated_at", "require_password_update", "profile_picture", "console_preferences"})
    request.mutable_field_mask()->add_paths(path);
  return request;
}

}  // namespace

void api_login(const VisitPtr& visit) {
  const auto& user_id = visit->form().value("user_id");
  const auto& password = visit->form().value("password");
  if (user_id.empty()) return visit->refuse(Error(missing_user_id));
  if (password.empty()) return visit->refuse(Error(missing_password));
  log_in(visit, user_id, password, answer(visit));
}

void api_token_login(const VisitPtr& visit) {
  const auto& token = visit->form().value("token");
  if (token.empty()) return visit->refuse(Error(missing_token));
  log_in_by_token(visit, token, answer(visit));
}

void api_logout(const VisitPtr& visit) {
  log_out(visit, [visit] { visit->no_content(); });
}

void api_me(const VisitPtr& visit) {
  if (!visit->session()) return visit->refuse(Error(not_authenticated));
  visit->call<pb::AuthInfoResponse>(
      "ttn.lorawan.v3.EntityAccess/AuthInfo", google::protobuf::Empty(),
      [visit](const pb::AuthInfoResponse& info, const Refusal* refusal) {
        if (refusal != nullptr) return visit->refuse(Error(not_authenticated));
        const auto& session = info.user_session();
        visit->call<pb::User>("ttn.lorawan.v3.UserRegistry/Get",
                              user_request(session.user_ids().user_id()),
                              [visit, session](const pb::User& user, const Refusal* refused) {
                                if (refused != nullptr) return visit->refuse(*refused);
                                const auto json = api_json::to_json(user);
                                if (!json) return visit->refuse(json.error());
                                std::string out = "{\"user\":" + *json + ",\"logged_in_at\":";
                                out += "\"" + to_rfc3339(time_of(session.created_at())) +
                                       "\",\"session_id\":\"" + session.session_id() + "\"}";
                                visit->json(200, out);
                              });
      });
}

}  // namespace ff::api::account
