#include "app/api/http_router.hpp"

#include <google/protobuf/descriptor.h>

#include "app/api/services.hpp"
#include "google/api/annotations.pb.h"
#include "protocol/base/assert.hpp"

namespace ff::api {
namespace {

using google::api::HttpRule;

/// Verb and path of a rule; empty when the rule has only additional bindings.
std::pair<std::string, std::string> pattern_of(const HttpRule& rule) {
  switch (rule.pattern_case()) {
    case HttpRule::kGet:
      return {"GET", rule.get()};
    case HttpRule::kPut:
      return {"PUT", rule.put()};
    case HttpRule::kPost:
      return {"POST", rule.post()};
    case HttpRule::kDelete:
      return {"DELETE", rule.delete_()};
    case HttpRule::kPatch:
      return {"PATCH", rule.patch()};
    case HttpRule::PATTERN_NOT_SET:
      break;
  }
  return {};
}

}  // namespace

struct HttpRouter::Node {
  std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
  std::unique_ptr<Node> variable;
  std::map<std::string, Binding, std::less<>> bindings;  ///< By verb.
};

HttpRouter::HttpRouter(std::string_view base_path)
    : root_(std::make_unique<Node>()), base_path_(base_path) {
  const auto& pool = *google::protobuf::DescriptorPool::generated_pool();
  for (auto name : service_names()) {
    const auto* service = pool.FindServiceByName(std::string(name));
    FF_ASSERT(service != nullptr);
    for (int i = 0; i < service->method_count(); ++i) {
      const auto* method = service->method(i);
      const auto& rule = method->options().GetExtension(google::api::http);
      if (auto [verb, path] = pattern_of(rule); !verb.empty())
        add(verb, path, {method, {}, rule.body()});
      for (const auto& additional : rule.additional_bindings()) {
        auto [verb, path] = pattern_of(additional);
        add(verb, path, {method, {}, additional.body()});
      }
    }
  }
}

HttpRouter::~HttpRouter() = default;

void HttpRouter::add(const std::string& verb, std::string_view path_template, Binding binding) {
  auto path = base_path_ + std::string(path_template);
  auto* node = root_.get();
  for (std::string_view rest = path; !rest.empty();) {
    rest.remove_prefix(1);
    auto segment = rest.substr(0, rest.find('/'));
    rest.remove_prefix(segment.size());
    bool variable = segment.starts_with('{');
    if (variable) binding.variables.emplace_back(segment.substr(1, segment.size() - 2));
    auto& child = variable ? node->variable : node->literals[std::string(segment)];
    if (!child) child = std::make_unique<Node>();
    node = child.get();
  }
  bool is_new = node->bindings.emplace(verb, std::move(binding)).second;
  FF_ASSERT(is_new);
  ++size_;
}

HttpRouter::Match HttpRouter::find(std::string_view verb,
                                   const std::vector<std::string>& segments) const {
  Match match;
  find_below(*root_, verb, segments, 0, match);
  return match;
}

void HttpRouter::find_below(const Node& node, std::string_view verb,
                            const std::vector<std::string>& segments, std::size_t at,
                            Match& match) {
  if (at == segments.size()) {
    if (node.bindings.empty()) return;
    match.path_known = true;
    auto found = node.bindings.find(verb);
    if (found != node.bindings.end()) match.binding = &found->second;
    return;
  }
  const auto& segment = segments[at];
  if (auto literal = node.literals.find(segment); literal != node.literals.end()) {
    find_below(*literal->second, verb, segments, at + 1, match);
    if (match.binding != nullptr) return;
  }
  if (node.variable && !segment.empty()) {
    match.values.push_back(segment);
    find_below(*node.variable, verb, segments, at + 1, match);
    if (match.binding == nullptr) match.values.pop_back();
  }
}

}  // namespace ff::api
