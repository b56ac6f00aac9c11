#include "app/server/inspect/render.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <cstdio>

namespace ff::app {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

constexpr std::size_t columns = 100;

std::string scalar(const value& entry) {
  if (entry.is_string()) return std::string(entry.as_string());
  if (entry.is_bool()) return entry.as_bool() ? "yes" : "no";
  if (entry.is_double()) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%g", entry.as_double());
    return text.data();
  }
  return boost::json::serialize(entry);
}

/// Milliseconds are enough for people.
std::string time_of(const value& at) {
  auto text = scalar(at);
  const auto point = text.find('.');
  if (point != std::string::npos && text.ends_with('Z') && text.size() > point + 5)
    text.replace(point + 4, std::string::npos, "Z");
  return text;
}

bool is_flat(const object& members) {
  return std::none_of(members.begin(), members.end(), [](const auto& member) {
    return member.value().is_object() ||
           (member.value().is_array() && !member.value().as_array().empty());
  });
}

class Renderer {
 public:
  std::string take() { return std::move(out_); }

  void members(const object& all, std::size_t indent) {
    for (const auto& member : all) {
      if (member.value().is_null()) continue;
      entry(std::string(member.key()), member.value(), indent);
    }
  }

 private:
  void line(std::size_t indent, const std::string& text) {
    out_ += std::string(indent, ' ') + text + "\n";
  }

  void entry(const std::string& key, const value& content, std::size_t indent) {
    if (content.is_array()) return list(key, content.as_array(), indent);
    if (!content.is_object()) return line(indent, key + ": " + scalar(content));
    const auto& inner = content.as_object();
    if (is_flat(inner) && !inner.contains("text")) return flat(key + ":", inner, indent);
    line(indent, key + ":");
    if (inner.contains("text")) return decision(inner, indent + 2);
    members(inner, indent + 2);
  }

  void list(const std::string& key, const array& entries, std::size_t indent) {
    if (entries.empty()) return line(indent, key + ": none");
    if (!entries.front().is_object()) {
      std::string all;
      for (const auto& each : entries) all += (all.empty() ? "" : ", ") + scalar(each);
      return line(indent, key + ": " + all);
    }
    line(indent, key + ":");
    for (const auto& each : entries) {
      if (!each.is_object()) continue;
      const auto& inner = each.as_object();
      if (inner.contains("text")) {
        decision(inner, indent + 2);
      } else {
        flat("-", inner, indent + 2);
      }
    }
  }

  void decision(const object& inner, std::size_t indent) {
    std::string text;
    if (const auto* at = inner.if_contains("at")) text += time_of(*at) + "  ";
    text += scalar(inner.at("text"));
    if (const auto* times = inner.if_contains("times")) text += " (" + scalar(*times) + " times)";
    line(indent, text);
  }

  /// Name and value after each other, as many on a line as fit.
  void flat(const std::string& head, const object& inner, std::size_t indent) {
    std::string text = head;
    for (const auto& member : inner) {
      if (member.value().is_null()) continue;
      const bool is_empty_list = member.value().is_array();
      const auto part = std::string(member.key()) + "=" +
                        (is_empty_list ? std::string("none") : scalar(member.value()));
      if (indent + text.size() + 1 + part.size() > columns) {
        line(indent, text);
        text = "   ";
      }
      text += " " + part;
    }
    line(indent, text);
  }

  std::string out_;
};

}  // namespace

std::string render(const value& document) {
  Renderer renderer;
  if (document.is_object()) renderer.members(document.as_object(), 0);
  return renderer.take();
}

std::string roaming_csv(const value& document, std::string_view first_day) {
  constexpr std::array<std::string_view, 8> fields{"net_id", "role",  "direction",  "day",
                                                   "frames", "bytes", "airtime_ms", "refused"};
  std::string out;
  for (const auto field : fields) out += std::string(out.empty() ? "" : ",") + std::string(field);
  out += "\r\n";
  boost::json::error_code error;
  const auto* records = document.find_pointer("/roaming/records", error);
  if (records == nullptr || !records->is_array()) return out;
  for (const auto& record : records->as_array()) {
    if (!record.is_object()) continue;
    const auto* day = record.as_object().if_contains("day");
    if (day == nullptr || scalar(*day) < first_day) continue;
    std::string line;
    for (const auto field : fields) {
      const auto* member = record.as_object().if_contains(field);
      if (field != fields.front()) line += ',';
      if (member != nullptr) line += scalar(*member);
    }
    out += line + "\r\n";
  }
  return out;
}

}  // namespace ff::app
