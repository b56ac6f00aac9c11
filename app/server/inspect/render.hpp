// An inspection's JSON as text for people. Knows nothing of what it shows but one thing: entries
// with a `text` are decisions, one line each.
#pragma once

#include <boost/json/value.hpp>

#include <string>

namespace ff::app {

/// Lines that end with a newline. What is null is left out; so are a decision's operands, which its
/// sentence has.
std::string render(const boost::json::value& document);

/// The records of `/inspect/roaming` as CSV with a header line, RFC 4180. Only the header for any
/// other document.
/// `first_day` is `2026-11-28`; empty: all.
std::string roaming_csv(const boost::json::value& document, std::string_view first_day = {});

}  // namespace ff::app
