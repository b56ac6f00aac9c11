// Records: an item of a setting like `a: [{k: v, l: [w, x]}]`, and its form as one text,
// `k=v;l=w+x`. Not what the fields mean: type.hpp.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ff::config {

/// In their order; the value of each is a list, a plain one of one item.
using RecordFields = std::vector<std::pair<std::string, std::vector<std::string>>>;

/// Entries `k=v`; a key that comes again adds to its list.
RecordFields group_entries(const std::vector<std::string>& entries);

/// Any text is some record; `record_of(record_text(x)) == x` unless values hold `;`, `=` or `+`.
RecordFields record_of(std::string_view text);
std::string record_text(const RecordFields& fields);

}  // namespace ff::config
