// Who sits at the browser, asked of the API with the session's own token.
#include "actors/identity_server/oauth/redirect.hpp"
#include "app/api/account/routes.hpp"
#include "ttn/lorawan/v3/user.pb.h"

namespace ff::api::account {
namespace {

namespace pb = ttn::lorawan::v3;
namespace oauth = identity_server::oauth;

std::string state_note(const pb::User& user) {
  switch (user.state()) {
    case pb::STATE_REQUESTED:
      return "Your account waits for approval. Until then you can do little with it.";
    case pb::STATE_REJECTED:
      return "Your account was rejected. " + user.state_description();
    case pb::STATE_SUSPENDED:
      return "Your account is suspended. " + user.state_description();
    default:
      return {};
  }
}

Visitor visitor_of(const pb::User& user) {
  return {.user_id = user.ids().user_id(),
          .name = user.name(),
          .description = user.description(),
          .email = user.primary_email_address(),
          .email_validated = user.has_primary_email_address_validated_at(),
          .is_admin = user.admin(),
          .must_change_password = user.require_password_update(),
          .state_note = state_note(user)};
}

void go_to_login(const VisitPtr& visit) {
  visit->clear_session();
  const auto next = visit->is_post() ? std::string() : visit->request().target;
  const auto query = oauth::safe_next(next) ? "?" + oauth::encode_query({{"n", next}}) : "";
  visit->redirect(visit->mount() + "/login" + query);
}

}  // namespace

std::string next_of(const VisitPtr& visit, const std::string& next) {
  return oauth::safe_next(next).value_or(visit->mount());
}

std::string password_rules(const VisitPtr& visit) {
  const auto& rules = visit->ports().identity.settings().registration.passwords;
  auto out = "At least " + std::to_string(rules.min_length) + " characters";
  const auto add = [&](std::uint32_t count, const char* what) {
    if (count > 0) out += ", " + std::to_string(count) + " " + what;
  };
  add(rules.min_uppercase, "upper-case");
  add(rules.min_digits, "digits");
  add(rules.min_special, "special");
  return out + ".";
}

void with_visitor(const VisitPtr& visit, std::function<void()> then) {
  if (!visit->session()) return go_to_login(visit);
  pb::GetUserRequest request;
  request.mutable_user_ids()->set_user_id(visit->session()->user_id);
  for (const char* path :
       {"name", "description", "primary_email_address", "primary_email_address_validated_at",
        "state", "state_description", "admin", "require_password_update"})
    request.mutable_field_mask()->add_paths(path);
  visit->call<pb::User>("ttn.lorawan.v3.UserRegistry/Get", request,
                        [=, then = std::move(then)](const pb::User& user, const Refusal* refusal) {
                          constexpr int unauthenticated = 16;
                          if (refusal != nullptr && refusal->code == unauthenticated)
                            return go_to_login(visit);
                          if (refusal != nullptr) return visit->refuse(*refusal);
                          visit->visitor = visitor_of(user);
                          then();
                        });
}

}  // namespace ff::api::account
