// Views for those who are signed in: overview, profile, password, sessions, applications.
#include "app/api/account/view_parts.hpp"
#include "app/api/account/views.hpp"

namespace ff::api::account {
namespace {

Html card(const std::string& title, const Html& body) {
  return HtmlTemplate("<section class=\"card\"><h2>{title}</h2>{body}</section>")
      .fill({{"title", title}, {"body", body}});
}

Html heading(const std::string& title) {
  return HtmlTemplate("<h1>{title}</h1>").fill({{"title", title}});
}

Page wide(const std::string& title, const std::string& path, const Html& body) {
  return {.title = title, .body = heading(title) + body, .path = path, .wide = true};
}

Html of_total(std::size_t shown, std::uint64_t total) {
  if (total <= shown) return {};
  return HtmlTemplate("<p class=\"soft small\">The newest {shown} of {total}.</p>")
      .fill({{"shown", std::to_string(shown)}, {"total", std::to_string(total)}});
}

Html term(const std::string& name, const std::string& value) {
  return HtmlTemplate("<dt>{name}</dt><dd>{value}</dd>").fill({{"name", name}, {"value", value}});
}

}  // namespace

Page home_page(const HomeView& view) {
  const auto email = view.email.empty()
                         ? std::string("none")
                         : view.email + (view.email_validated ? "" : " (not validated)");
  const auto about =
      HtmlTemplate("<dl>{terms}</dl>")
          .fill({{"terms", term("User ID", view.user_id) +
                               term("Name", view.name.empty() ? "–" : view.name) +
                               term("Email address", email) +
                               term("Role", view.is_admin ? "Administrator" : "User")}});
  auto body = note({view.state_note, false}) + card("Your account", about);
  if (!view.console_url.empty())
    body += HtmlTemplate("<p><a class=\"button\" href=\"{to}\">Go to the console</a></p>")
                .fill({{"to", safe_link(view.console_url)}});
  return wide("Welcome, " + (view.name.empty() ? view.user_id : view.name), "", body);
}

Page profile_page(const ProfileView& view) {
  const auto fields =
      field({.name = "name",
             .label = "Full name",
             .value = view.name,
             .autocomplete = "name",
             .hint = "",
             .required = false}) +
      field({.name = "description",
             .label = "Description",
             .value = view.description,
             .hint = "",
             .required = false}) +
      field({.name = "email",
             .label = "Email address",
             .type = "email",
             .value = view.email,
             .autocomplete = "email",
             .hint = "A new address has to be validated before all of your rights apply, if the "
                     "operator demands it.",
             .required = false});
  auto body = note(view.note) +
              card("Profile", HtmlTemplate("<form class=\"stack\" method=\"post\" "
                                           "action=\"{to}\">{csrf}{fields}<button>Save</button>"
                                           "</form>")
                                  .fill({{"to", safe_link(view.mount + "/profile")},
                                         {"csrf", csrf_input(view.csrf)},
                                         {"fields", fields}}));
  if (!view.email.empty() && !view.email_validated)
    body += card("Email validation",
                 HtmlTemplate("<p>The address {email} is not validated. We can send a link to "
                              "it.</p><form method=\"post\" action=\"{to}\">{csrf}<button "
                              "class=\"plain\">Send validation mail</button></form>")
                     .fill({{"email", view.email},
                            {"to", safe_link(view.mount + "/profile/validate")},
                            {"csrf", csrf_input(view.csrf)}}));
  if (!view.provider.empty())
    body += card(view.provider,
                 HtmlTemplate("<p>Connect your account, to sign in there from now on.</p><form "
                              "method=\"post\" action=\"{to}\">{csrf}{inputs}<button "
                              "class=\"plain\">Connect</button></form>")
                     .fill({{"to", safe_link(view.mount + "/oidc/login")},
                            {"csrf", csrf_input(view.csrf)},
                            {"inputs", hidden("connect", "true")}}));
  return wide("Profile", "/profile", body);
}

Page password_page(const PasswordView& view) {
  const auto fields = field({.name = "current",
                             .label = "Current password",
                             .type = "password",
                             .value = "",
                             .autocomplete = "current-password",
                             .hint = ""}) +
                      field({.name = "password",
                             .label = "New password",
                             .type = "password",
                             .value = "",
                             .autocomplete = "new-password",
                             .hint = view.password_rules}) +
                      field({.name = "password_again",
                             .label = "The same again",
                             .type = "password",
                             .value = "",
                             .autocomplete = "new-password",
                             .hint = ""});
  const auto must = view.must_change && view.note.text.empty()
                        ? note({"You have to set a new password before you go on.", false})
                        : Html();
  const auto form =
      HtmlTemplate(
          "<form class=\"stack\" method=\"post\" action=\"{to}\">{csrf}{user}{fields}<div "
          "class=\"check\"><input type=\"checkbox\" id=\"revoke\" name=\"revoke\" value=\"true\">"
          "<label for=\"revoke\">End all sessions and withdraw all access tokens</label></div>"
          "<button>Change password</button></form>")
          .fill({{"to", safe_link(view.mount + "/password")},
                 {"csrf", csrf_input(view.csrf)},
                 {"user",
                  HtmlTemplate("<input type=\"hidden\" name=\"username\" autocomplete=\"username\" "
                               "value=\"{user}\">")
                      .fill({{"user", view.user_id}})},
                 {"fields", fields}});
  return wide("Password", "/password", must + note(view.note) + card("Change password", form));
}

Page sessions_page(const SessionsView& view) {
  Html rows;
  for (const auto& session : view.sessions) {
    const auto action = session.is_current
                            ? HtmlTemplate("<span class=\"soft\">This session</span>").fill()
                            : button_form(view.mount + "/sessions", view.csrf, "End session",
                                          hidden("session_id", session.id));
    rows += HtmlTemplate(
                "<tr><td data-label=\"Session\"><code>{id}</code></td><td "
                "data-label=\"Began\">{at}</td><td>{action}</td></tr>")
                .fill({{"id", session.id.substr(0, 12) + "…"},
                       {"at", session.created_at},
                       {"action", action}});
  }
  const auto table =
      HtmlTemplate(
          "<table><thead><tr><th scope=\"col\">Session</th><th "
          "scope=\"col\">Began</th><th scope=\"col\"><span "
          "class=\"skip\">Action</span></th></tr></thead><tbody>{rows}</tbody></table>")
          .fill({{"rows", rows}});
  return wide("Sessions", "/sessions",
              note(view.note) + card("Where you are signed in",
                                     table + of_total(view.sessions.size(), view.total)));
}

Page authorizations_page(const AuthorizationsView& view) {
  Html body = note(view.note);
  if (view.authorizations.empty())
    body +=
        card("No applications", HtmlTemplate("<p class=\"soft\">No application has access to your "
                                             "account.</p>")
                                    .fill());
  for (const auto& one : view.authorizations) {
    Html rights;
    for (const auto& right : one.rights)
      rights += HtmlTemplate("<li>{right}</li>").fill({{"right", right_text(right)}});
    body += card(one.client_id,
                 HtmlTemplate("<p class=\"soft small\">Authorized {at}</p><ul "
                              "class=\"rights\">{rights}</ul><div class=\"row\"><a class=\"button "
                              "plain\" href=\"{tokens}\">Access tokens</a>{withdraw}</div>")
                     .fill({{"at", one.created_at},
                            {"rights", rights},
                            {"tokens", safe_link(view.mount + "/authorizations/" + one.client_id)},
                            {"withdraw",
                             button_form(view.mount + "/authorizations", view.csrf,
                                         "Withdraw access", hidden("client_id", one.client_id))}}));
  }
  return wide("Applications", "/authorizations",
              body + of_total(view.authorizations.size(), view.total));
}

Page tokens_page(const TokensView& view) {
  Html rows;
  for (const auto& token : view.tokens) {
    rows += HtmlTemplate(
                "<tr><td data-label=\"Token\"><code>{id}</code></td><td "
                "data-label=\"Issued\">{at}</td><td "
                "data-label=\"Expires\">{until}</td><td>{action}</td></tr>")
                .fill({{"id", token.id.substr(0, 12) + "…"},
                       {"at", token.created_at},
                       {"until", token.expires_at},
                       {"action", button_form(view.mount + "/authorizations/" + view.client_id,
                                              view.csrf, "Revoke", hidden("token_id", token.id))}});
  }
  const auto table =
      HtmlTemplate(
          "<table><thead><tr><th scope=\"col\">Token</th><th scope=\"col\">Issued</th><th "
          "scope=\"col\">Expires</th><th scope=\"col\"><span "
          "class=\"skip\">Action</span></th></tr></thead><tbody>{rows}</tbody></table>")
          .fill({{"rows", rows}});
  return wide(
      "Access tokens", "/authorizations",
      note(view.note) + card(view.client_id, table + of_total(view.tokens.size(), view.total)));
}

}  // namespace ff::api::account
