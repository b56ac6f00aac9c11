#include "app/api/account/view_parts.hpp"

#include <algorithm>

#include "app/api/account/csrf.hpp"
#include "app/api/account/views.hpp"

namespace ff::api::account {
namespace {

struct Link {
  const char* path;
  const char* text;
};
constexpr Link links[] = {
    {"", "Overview"},
    {"/profile", "Profile"},
    {"/password", "Password"},
    {"/sessions", "Sessions"},
    {"/authorizations", "Applications"},
};

Html navigation(const Frame& frame, const Page& page, const Signed& who) {
  if (who.user_id.empty()) return {};
  Html items;
  for (const auto& link : links) {
    const Html current =
        page.path == link.path ? HtmlTemplate(" aria-current=\"page\"").fill() : Html();
    items += HtmlTemplate("<li><a href=\"{to}\"{current}>{text}</a></li>")
                 .fill({{"to", safe_link(frame.mount + link.path)},
                        {"current", current},
                        {"text", std::string(link.text)}});
  }
  if (!frame.console_url.empty())
    items += HtmlTemplate("<li><a href=\"{to}\">Console</a></li>")
                 .fill({{"to", safe_link(frame.console_url)}});
  return HtmlTemplate(
             "<nav aria-label=\"Account\"><ul>{items}</ul></nav><form method=\"post\" "
             "action=\"{to}\">{csrf}<button class=\"link\">Sign out <span "
             "class=\"small\">({user})</span></button></form>")
      .fill({{"items", items},
             {"to", safe_link(frame.mount + "/logout")},
             {"csrf", csrf_input(who.csrf)},
             {"user", who.user_id}});
}

/// What browsers are told of the operator's looks.
Html head_of(const Frame& frame) {
  Html out;
  if (!frame.description.empty())
    out += HtmlTemplate("<meta name=\"description\" content=\"{text}\">\n")
               .fill({{"text", frame.description}});
  if (!frame.theme_color.empty())
    out += HtmlTemplate("<meta name=\"theme-color\" content=\"{color}\">\n")
               .fill({{"color", frame.theme_color}});
  if (!frame.icon_url.empty())
    out += HtmlTemplate("<link rel=\"icon\" href=\"{icon}\">\n")
               .fill({{"icon", safe_link(frame.icon_url)}});
  return out;
}

Html footer_links(const Frame& frame) {
  Html out;
  for (const auto& [url, text] : {std::pair(&frame.documentation_url, "Documentation"),
                                  std::pair(&frame.status_page_url, "Status")}) {
    if (!url->empty())
      out += HtmlTemplate(" · <a href=\"{to}\">{text}</a>")
                 .fill({{"to", safe_link(*url)}, {"text", std::string(text)}});
  }
  return out;
}

}  // namespace

std::string document(const Frame& frame, const Page& page, const Signed& who) {
  const bool is_wide = page.wide;
  return HtmlTemplate(R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><meta name="csrf-token" content="{csrf}"><title>{page} – {site}</title>
{head}<link rel="stylesheet" href="{style}"></head><body>
<a class="skip" href="#main">Skip to content</a>
<header><div class="in"><a class="brand" href="{home}">{site} <span class="soft">{title}</span></a>{nav}</div></header>
<main id="main" class="{width}">{body}</main>
<footer>{site} {sub}{links}</footer>
</body></html>
)")
      .fill({{"csrf", who.csrf},
             {"page", page.title},
             {"site", frame.site_name},
             {"title", frame.title},
             {"style", frame.mount + "/assets/account.css?v=" + frame.style_version},
             {"home", safe_link(frame.mount)},
             {"nav", navigation(frame, page, who)},
             {"width", std::string(is_wide ? "wide-page" : "narrow")},
             {"head", head_of(frame)},
             {"sub", frame.sub_title},
             {"links", footer_links(frame)},
             {"body", page.body}})
      .markup();
}

Html note(const Note& note) {
  if (note.text.empty()) return {};
  if (note.good)
    return HtmlTemplate("<p class=\"note good\" role=\"status\">{text}</p>")
        .fill({{"text", note.text}});
  return HtmlTemplate("<p class=\"note bad\" role=\"alert\">{text}</p>")
      .fill({{"text", note.text}});
}

Html hidden(std::string_view name, std::string_view value) {
  return HtmlTemplate("<input type=\"hidden\" name=\"{name}\" value=\"{value}\">")
      .fill({{"name", std::string(name)}, {"value", std::string(value)}});
}

Html csrf_input(std::string_view token) {
  return hidden(csrf_field, token);
}

Html field(const Field& field) {
  const Html required = field.required ? HtmlTemplate(" required").fill() : Html();
  Html hint;
  Html described;
  if (!field.hint.empty()) {
    hint = HtmlTemplate("<p class=\"hint\" id=\"{name}-hint\">{hint}</p>")
               .fill({{"name", field.name}, {"hint", field.hint}});
    described = HtmlTemplate(" aria-describedby=\"{name}-hint\"").fill({{"name", field.name}});
  }
  return HtmlTemplate(
             "<div><label for=\"{name}\">{label}</label><input type=\"{type}\" "
             "id=\"{name}\" name=\"{name}\" value=\"{value}\" "
             "autocomplete=\"{autocomplete}\" autocapitalize=\"none\" "
             "spellcheck=\"false\"{described}{required}>{hint}</div>")
      .fill({{"name", field.name},
             {"label", field.label},
             {"type", field.type},
             {"value", field.value},
             {"autocomplete", field.autocomplete},
             {"described", described},
             {"required", required},
             {"hint", hint}});
}

Html button_form(const std::string& action, const std::string& csrf, const std::string& button,
                 const Html& inputs) {
  return HtmlTemplate(
             "<form method=\"post\" action=\"{to}\">{csrf}{inputs}<button "
             "class=\"danger\">{button}</button></form>")
      .fill({{"to", safe_link(action)},
             {"csrf", csrf_input(csrf)},
             {"inputs", inputs},
             {"button", button}});
}

std::string right_text(std::string_view right) {
  constexpr std::string_view prefix = "RIGHT_";
  if (right == "RIGHT_ALL") return "Everything that you may do yourself";
  if (right.starts_with(prefix)) right.remove_prefix(prefix.size());
  std::string out;
  for (const char c : right) {
    if (c == '_') {
      out.push_back(' ');
    } else {
      out.push_back(c >= 'A' && c <= 'Z' && !out.empty() ? static_cast<char>(c - 'A' + 'a') : c);
    }
  }
  // The kind of entity comes first.
  const auto space = out.find(' ');
  if (space != std::string::npos) out.insert(space, ":");
  return out;
}

}  // namespace ff::api::account
