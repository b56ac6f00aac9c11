// Paths and queries of HTTP targets taken apart (RFC 3986).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ff::api {

/// Longer paths and queries are not taken apart.
inline constexpr std::size_t segments_max = 32;
inline constexpr std::size_t query_parameters_max = 1000;

/// `%41` is `A`; in queries also `+` is a space. Nothing on a malformed escape.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space);

/// The decoded segments of `/a/b`. Nothing when it does not start with `/`, is too long, or an
/// escape is malformed.
std::optional<std::vector<std::string>> split_path(std::string_view path);

/// The decoded parameters of `a=1&b=2`. Nothing when there are too many or an escape is malformed.
std::optional<std::vector<std::pair<std::string, std::string>>> split_query(std::string_view query);

}  // namespace ff::api
