// Pages for those who are not signed in. [spec console: account app]
#include "app/api/account/login.hpp"
#include "app/api/account/problem.hpp"
#include "app/api/account/routes.hpp"
#include "ttn/lorawan/v3/email_validation.pb.h"
#include "ttn/lorawan/v3/user.pb.h"

namespace ff::api::account {
namespace {

namespace pb = ttn::lorawan::v3;
using google::protobuf::Empty;

constexpr int bad_request = 400;
constexpr int too_many = 429;

void login_form(const VisitPtr& visit, int status, const std::string& user_id,
                const std::string& next, const Note& note) {
  visit->page(status,
              login_page({.csrf = visit->csrf(),
                          .next = next,
                          .user_id = user_id,
                          .note = note,
                          .can_register = visit->ports().identity.settings().registration.enabled,
                          .provider = visit->ports().settings.provider,
                          .mount = visit->mount()}));
}

actors::Reply<LoggedIn> go_on(const VisitPtr& visit, const std::string& next,
                              std::function<void(const Error&)> refused) {
  return [=, refused = std::move(refused)](const Result<LoggedIn>& done) {
    if (!done) return refused(done.error());
    visit->redirect(done->must_change_password ? visit->mount() + "/password"
                                               : next_of(visit, next));
  };
}

int status_of(const Error& error) {
  return error.code() == Code::resource_exhausted ? too_many : bad_request;
}

/// Passwords of a form; empty: they differ.
std::string new_password(const VisitPtr& visit) {
  const auto& password = visit->form().value("password");
  return password == visit->form().value("password_again") ? password : std::string();
}

constexpr const char* passwords_differ = "The two passwords are not the same.";

RegisterView register_view(const VisitPtr& visit) {
  const auto& form = visit->is_post() ? visit->form() : visit->query();
  return {
      .csrf = visit->csrf(),
      .user_id = form.value("user_id"),
      .name = form.value("name"),
      .email = form.value("email"),
      .invitation_token = form.value("invitation_token"),
      .invitation_required = visit->ports().identity.settings().registration.invitation_required,
      .password_rules = password_rules(visit),
      .note = {},
      .mount = visit->mount()};
}

void reset_form(const VisitPtr& visit, int status, const Note& note) {
  const auto& form = visit->is_post() ? visit->form() : visit->query();
  visit->page(status, reset_page({.csrf = visit->csrf(),
                                  .user_id = form.value(visit->is_post() ? "user_id" : "user"),
                                  .current = form.value("current"),
                                  .password_rules = password_rules(visit),
                                  .note = note,
                                  .mount = visit->mount()}));
}

}  // namespace

void show_login(const VisitPtr& visit) {
  const auto& next = visit->query().value("n");
  const auto show = [=] { login_form(visit, 200, "", next, {}); };
  if (!visit->session()) return show();
  pb::GetUserRequest request;
  request.mutable_user_ids()->set_user_id(visit->session()->user_id);
  visit->call<pb::User>("ttn.lorawan.v3.UserRegistry/Get", request,
                        [=](const pb::User&, const Refusal* refusal) {
                          if (refusal == nullptr) return visit->redirect(next_of(visit, next));
                          visit->clear_session();
                          show();
                        });
}

void post_login(const VisitPtr& visit) {
  const auto& form = visit->form();
  const auto& user_id = form.value("user_id");
  const auto& next = form.value("n");
  log_in(visit, user_id, form.value("password"), go_on(visit, next, [=](const Error& error) {
           login_form(visit, status_of(error), user_id, next, {problem_text(error), false});
         }));
}

void show_token_login(const VisitPtr& visit) {
  visit->page(200, confirm_page({.csrf = visit->csrf(),
                                 .title = "Sign in",
                                 .text = "You followed a link that signs you in.",
                                 .button = "Sign in",
                                 .action = visit->mount() + "/token-login",
                                 .hidden = {{"token", visit->query().value("token")},
                                            {"n", visit->query().value("n")}}}));
}

void post_token_login(const VisitPtr& visit) {
  const auto& form = visit->form();
  log_in_by_token(visit, form.value("token"),
                  go_on(visit, form.value("n"), [=](const Error& error) {
                    login_form(visit, status_of(error), "", "", {problem_text(error), false});
                  }));
}

void show_register(const VisitPtr& visit) {
  visit->page(200, register_page(register_view(visit)));
}

void post_register(const VisitPtr& visit) {
  const auto refuse = [=](const std::string& text) {
    auto view = register_view(visit);
    view.note = {text, false};
    visit->page(bad_request, register_page(view));
  };
  const auto password = new_password(visit);
  if (password.empty()) return refuse(passwords_differ);
  const auto& form = visit->form();
  pb::CreateUserRequest request;
  auto& user = *request.mutable_user();
  user.mutable_ids()->set_user_id(form.value("user_id"));
  user.set_name(form.value("name"));
  user.set_primary_email_address(form.value("email"));
  user.set_password(password);
  request.set_invitation_token(form.value("invitation_token"));
  visit->call<pb::User>(
      "ttn.lorawan.v3.UserRegistry/Create", request,
      [=](const pb::User& created, const Refusal* refusal) {
        if (refusal != nullptr) return refuse(problem_text(*refusal));
        const bool waits = created.state() == pb::STATE_REQUESTED;
        visit->message(
            200, {.title = "Account created",
                  .text = waits ? "An administrator has to approve it." : "You can sign in now.",
                  .note = {"Your account " + created.ids().user_id() + " was created.", true},
                  .link = visit->mount() + "/login",
                  .link_text = "Sign in"});
      });
}

void show_forgot(const VisitPtr& visit) {
  visit->page(200, forgot_page({.csrf = visit->csrf(),
                                .user_id = visit->query().value("user_id"),
                                .note = {},
                                .mount = visit->mount()}));
}

/// The answer is the same for users that are not there. [spec identity-server §5.2: enumeration]
void post_forgot(const VisitPtr& visit) {
  const auto& user_id = visit->form().value("user_id");
  const auto refuse = [=](int status, const Note& note) {
    visit->page(
        status,
        forgot_page(
            {.csrf = visit->csrf(), .user_id = user_id, .note = note, .mount = visit->mount()}));
  };
  pb::CreateTemporaryPasswordRequest request;
  request.mutable_user_ids()->set_user_id(user_id);
  visit->call<Empty>("ttn.lorawan.v3.UserRegistry/CreateTemporaryPassword", request,
                     [=](const Empty&, const Refusal* refusal) {
                       if (refusal != nullptr && is_throttled(visit, *refusal))
                         return refuse(too_many, {problem_text(*refusal), false});
                       visit->message(
                           200, {.title = "Check your mail",
                                 .text = "If there is such an account, a temporary password was "
                                         "sent to its email address. It is valid for one hour.",
                                 .note = {},
                                 .link = visit->mount() + "/update-password",
                                 .link_text = "Set a new password"});
                     });
}

void show_reset(const VisitPtr& visit) {
  reset_form(visit, 200, {});
}

void post_reset(const VisitPtr& visit) {
  const auto refuse = [=](int status, const Note& note) { reset_form(visit, status, note); };
  const auto& user_id = visit->form().value("user_id");
  const auto password = new_password(visit);
  if (password.empty()) return refuse(bad_request, {passwords_differ, false});
  pb::UpdateUserPasswordRequest request;
  request.mutable_user_ids()->set_user_id(user_id);
  request.set_old(visit->form().value("current"));
  request.set_new_(password);
  visit->call<Empty>("ttn.lorawan.v3.UserRegistry/UpdatePassword", request,
                     [=](const Empty&, const Refusal* refusal) {
                       if (refusal != nullptr) {
                         return refuse(is_throttled(visit, *refusal) ? too_many : bad_request,
                                       {problem_text(*refusal), false});
                       }
                       visit->message(200, {.title = "Password changed",
                                            .text = "",
                                            .note = {"Your new password is set.", true},
                                            .link = visit->mount() + "/login",
                                            .link_text = "Sign in"});
                     });
}

void show_validate(const VisitPtr& visit) {
  visit->page(200, confirm_page({.csrf = visit->csrf(),
                                 .title = "Validate your email address",
                                 .text = "Confirm that this address is yours.",
                                 .button = "Confirm",
                                 .action = visit->mount() + "/validate",
                                 .hidden = {{"reference", visit->query().value("reference")},
                                            {"token", visit->query().value("token")}}}));
}

void post_validate(const VisitPtr& visit) {
  pb::ValidateEmailRequest request;
  request.set_id(visit->form().value("reference"));
  request.set_token(visit->form().value("token"));
  visit->call<Empty>(
      "ttn.lorawan.v3.EmailValidationRegistry/Validate", request,
      [=](const Empty&, const Refusal* refusal) {
        const bool done = refusal == nullptr;
        visit->message(
            done ? 200 : bad_request,
            {.title = "Email validation",
             .text = "",
             .note = {done ? "Your email address is validated." : problem_text(*refusal), done},
             .link = visit->mount(),
             .link_text = "To your account"});
      });
}

void post_logout(const VisitPtr& visit) {
  log_out(visit, [visit] { visit->redirect(visit->mount() + "/login"); });
}

}  // namespace ff::api::account
