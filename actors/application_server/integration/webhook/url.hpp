// The URL of a request: variables of RFC 6570 in base URL and path, and how the two are joined.
// Pure. [spec integrations §2.3]
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/base/result.hpp"

namespace ff::application_server::webhook {

inline constexpr ErrorDef malformed_template{"pkg/applicationserver/io/web", "malformed_template",
                                             Code::invalid_argument,
                                             "malformed URL template: {reason}"};

/// The value of a variable; nothing when it is not defined.
using Lookup = std::function<std::optional<std::string>(std::string_view name)>;

/// Expands `{name}`, `{+name}`, `{#a,b}`, `{.a}`, `{/a}`, `{;a}`, `{?a,b}`, `{&a}` with the
/// modifiers `:n` and `*`. What is not allowed in a URL is percent-encoded. Error:
/// malformed_template.
Result<std::string> expand(std::string_view text, const Lookup& lookup);
/// Whether there is a variable in it.
bool has_variables(std::string_view text) noexcept;

/// `path` (expanded) below `base` (expanded): a leading `/` does not leave the base path, a path
/// that is only a query replaces the base's, an absolute URL stands for itself, nothing is the
/// base. A fragment is dropped.
std::string join_url(std::string_view base, std::string_view path);

/// Without user, password, query: for events and logs.
std::string redacted(std::string_view url);

}  // namespace ff::application_server::webhook
