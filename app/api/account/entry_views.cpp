// Views for those who are not signed in: login, registration, forgotten passwords, messages.
#include "app/api/account/view_parts.hpp"
#include "app/api/account/views.hpp"

namespace ff::api::account {
namespace {

Html card(const std::string& title, const Html& body) {
  return HtmlTemplate("<div class=\"card\"><h1>{title}</h1>{body}</div>")
      .fill({{"title", title}, {"body", body}});
}

struct FormParts {
  std::string action;
  std::string csrf;
  std::string button;
};
Html stacked(const FormParts& form, const Html& fields) {
  return HtmlTemplate(
             "<form class=\"stack wide\" method=\"post\" action=\"{to}\">{csrf}{fields}"
             "<button>{button}</button></form>")
      .fill({{"to", safe_link(form.action)},
             {"csrf", csrf_input(form.csrf)},
             {"fields", fields},
             {"button", form.button}});
}

Html user_id_field(const std::string& value) {
  return field({.name = "user_id",
                .label = "User ID",
                .value = value,
                .autocomplete = "username",
                .hint = ""});
}

Html new_password_fields(const std::string& rules) {
  return field({.name = "password",
                .label = "New password",
                .type = "password",
                .value = "",
                .autocomplete = "new-password",
                .hint = rules}) +
         field({.name = "password_again",
                .label = "The same again",
                .type = "password",
                .value = "",
                .autocomplete = "new-password",
                .hint = ""});
}

Html link(const std::string& to, const std::string& text) {
  return HtmlTemplate("<p class=\"small\"><a href=\"{to}\">{text}</a></p>")
      .fill({{"to", safe_link(to)}, {"text", text}});
}

}  // namespace

Page login_page(const LoginView& view) {
  const auto fields = hidden("n", view.next) + user_id_field(view.user_id) +
                      field({.name = "password",
                             .label = "Password",
                             .type = "password",
                             .value = "",
                             .autocomplete = "current-password",
                             .hint = ""});
  auto body = note(view.note) + stacked({view.mount + "/login", view.csrf, "Sign in"}, fields);
  if (!view.provider.empty()) {
    body += HtmlTemplate(
                "<form class=\"wide\" method=\"post\" action=\"{to}\">{csrf}{next}<p "
                "class=\"soft small\">or</p><button class=\"plain\">{name}</button></form>")
                .fill({{"to", safe_link(view.mount + "/oidc/login")},
                       {"csrf", csrf_input(view.csrf)},
                       {"next", hidden("n", view.next)},
                       {"name", "Continue with " + view.provider}});
  }
  body +=
      HtmlTemplate("<p></p>").fill() + link(view.mount + "/forgot-password", "Forgot password?");
  if (view.can_register) body += link(view.mount + "/register", "Create an account");
  return {.title = "Sign in", .body = card("Sign in", body), .path = "/login"};
}

Page register_page(const RegisterView& view) {
  auto fields = user_id_field(view.user_id) +
                field({.name = "name",
                       .label = "Full name",
                       .value = view.name,
                       .autocomplete = "name",
                       .hint = "",
                       .required = false}) +
                field({.name = "email",
                       .label = "Email address",
                       .type = "email",
                       .value = view.email,
                       .autocomplete = "email",
                       .hint = ""}) +
                new_password_fields(view.password_rules);
  if (view.invitation_required || !view.invitation_token.empty())
    fields += field({.name = "invitation_token",
                     .label = "Invitation token",
                     .value = view.invitation_token,
                     .hint = "",
                     .required = view.invitation_required});
  const auto body = note(view.note) +
                    stacked({view.mount + "/register", view.csrf, "Create account"}, fields) +
                    HtmlTemplate("<p></p>").fill() +
                    link(view.mount + "/login", "Sign in to an existing account");
  return {.title = "Create an account", .body = card("Create an account", body), .path = ""};
}

Page forgot_page(const ForgotView& view) {
  const auto body =
      HtmlTemplate(
          "<p class=\"soft\">We send a temporary password to the email address of the "
          "account.</p>")
          .fill() +
      note(view.note) +
      stacked({view.mount + "/forgot-password", view.csrf, "Send temporary password"},
              user_id_field(view.user_id)) +
      HtmlTemplate("<p></p>").fill() + link(view.mount + "/login", "Back to sign in");
  return {.title = "Forgot password", .body = card("Forgot password", body), .path = ""};
}

Page reset_page(const ResetView& view) {
  const auto fields = user_id_field(view.user_id) +
                      field({.name = "current",
                             .label = "Temporary password",
                             .type = "password",
                             .value = view.current,
                             .hint = "From the mail that we sent."}) +
                      new_password_fields(view.password_rules);
  const auto body = note(view.note) +
                    stacked({view.mount + "/update-password", view.csrf, "Set password"}, fields);
  return {.title = "Set a new password", .body = card("Set a new password", body), .path = ""};
}

Page confirm_page(const ConfirmView& view) {
  Html fields;
  for (const auto& [name, value] : view.hidden) fields += hidden(name, value);
  const auto body = HtmlTemplate("<p>{text}</p>").fill({{"text", view.text}}) +
                    stacked({view.action, view.csrf, view.button}, fields);
  return {.title = view.title, .body = card(view.title, body), .path = ""};
}

Page message_page(const MessageView& view) {
  auto body = note(view.note);
  if (!view.text.empty()) body += HtmlTemplate("<p>{text}</p>").fill({{"text", view.text}});
  if (!view.link.empty())
    body += HtmlTemplate("<p><a class=\"button\" href=\"{to}\">{text}</a></p>")
                .fill({{"to", safe_link(view.link)}, {"text", view.link_text}});
  return {.title = view.title, .body = card(view.title, body), .path = ""};
}

Page consent_page(const ConsentView& view) {
  Html rights;
  for (const auto& right : view.rights)
    rights += HtmlTemplate("<li>{right}</li>").fill({{"right", right_text(right)}});
  auto body = HtmlTemplate(
                  "<p><strong>{name}</strong> <span class=\"soft\">({id})</span> asks for access "
                  "to the account <strong>{user}</strong>.</p>")
                  .fill({{"name", view.client_name.empty() ? view.client_id : view.client_name},
                         {"id", view.client_id},
                         {"user", view.user_id}});
  if (!view.description.empty())
    body += HtmlTemplate("<p class=\"soft\">{text}</p>").fill({{"text", view.description}});
  body += view.endorsed ? HtmlTemplate(
                              "<p class=\"note good\">Endorsed by the operator of this "
                              "network.</p>")
                              .fill()
                        : HtmlTemplate(
                              "<p class=\"note bad\">Not endorsed by the operator of this network: "
                              "continue only if you trust it.</p>")
                              .fill();
  body +=
      HtmlTemplate(
          "<h2>It will be able to</h2><ul class=\"rights\">{rights}</ul>"
          "<p class=\"soft small\">You will then be sent to {to}. You can withdraw access at "
          "any time under Applications.</p><form method=\"post\" action=\"{action}\">{csrf}<div "
          "class=\"row\"><button name=\"authorize\" value=\"true\">Authorize</button><button "
          "class=\"plain\" name=\"authorize\" value=\"false\">Deny</button></div></form>")
          .fill({{"rights", rights},
                 {"to", view.goes_to},
                 {"action", safe_link(view.action)},
                 {"csrf", csrf_input(view.csrf)}});
  return {.title = "Authorize", .body = card("Request for access", body), .path = "/authorize"};
}

Page code_page(const std::string& code) {
  if (code.empty())
    return message_page({.title = "No code",
                         .text = "There is no authorization code here. Start again where you came "
                                 "from.",
                         .note = {},
                         .link = "",
                         .link_text = ""});
  const auto body =
      HtmlTemplate(
          "<p>Paste this code where it was asked for. It can be used once, within five "
          "minutes. Give it to nobody.</p><p><code class=\"code\">{code}</code></p>")
          .fill({{"code", code}});
  return {.title = "Authorization code", .body = card("Authorization code", body), .path = ""};
}

}  // namespace ff::api::account
