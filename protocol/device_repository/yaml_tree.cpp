#include "protocol/device_repository/yaml_tree.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <sstream>

#include "protocol/device_repository/errors.hpp"

namespace ff::device_repository {
namespace {

/// Ends the reading from inside the library, which knows exceptions only.
struct Refused : std::runtime_error {
  Refused(const YAML::Mark& mark, const char* why) : std::runtime_error(why), line(mark.line) {}
  int line;
};

/// Builds the tree from the library's events, so that limits hold before anything is large.
class TreeBuilder final : public YAML::EventHandler {
 public:
  explicit TreeBuilder(const YamlLimits& limits) : limits_(limits) {}

  YamlNode take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(mark, anchor, {}, count(mark, 1));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    YamlNode node{.kind = YamlNode::Kind::scalar, .text = value, .is_plain = tag == "?"};
    add(mark, anchor, std::move(node), count(mark, 1));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) throw Refused(mark, "an alias stands for what it is a part of");
    const auto size = count(mark, found->second.second);
    add(mark, 0, found->second.first, size);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, anchor, YamlNode::Kind::list);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, anchor, YamlNode::Kind::map);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    YamlNode node;
    YAML::Mark mark;
    YAML::anchor_t anchor = 0;
    std::optional<std::string> name;  // of the member that comes next
    std::size_t size = 1;
  };

  std::size_t count(const YAML::Mark& mark, std::size_t more) {
    nodes_ += more;
    if (nodes_ > limits_.nodes) throw Refused(mark, "too many values");
    return more;
  }
  void open(const YAML::Mark& mark, YAML::anchor_t anchor, YamlNode::Kind kind) {
    count(mark, 1);
    if (open_.size() >= limits_.depth) throw Refused(mark, "nested too deep");
    open_.push_back({.node = {.kind = kind}, .mark = mark, .anchor = anchor});
  }
  void close() {
    auto done = std::move(open_.back());
    open_.pop_back();
    add(done.mark, done.anchor, std::move(done.node), done.size);
  }
  void add(const YAML::Mark& mark, YAML::anchor_t anchor, YamlNode node, std::size_t size) {
    // A copy, which counts like the original.
    if (anchor != 0) {
      count(mark, size);
      anchors_[anchor] = {node, size};
    }
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    auto& parent = open_.back();
    parent.size += size;
    if (parent.node.kind == YamlNode::Kind::list) {
      parent.node.items.push_back(std::move(node));
    } else if (parent.name) {
      parent.node.members.push_back({*std::exchange(parent.name, std::nullopt), std::move(node)});
    } else if (node.kind == YamlNode::Kind::scalar) {
      parent.name = std::move(node.text);
    } else {
      throw Refused(mark, "a name is expected");
    }
  }

  const YamlLimits& limits_;
  YamlNode root_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, std::pair<YamlNode, std::size_t>> anchors_;
  std::size_t nodes_ = 0;
};

Error malformed(int line, std::string_view reason) {
  return Error(malformed_document,
               {{"field", line < 0 ? std::string("file") : "line " + std::to_string(line + 1)},
                {"reason", reason}});
}

template <class Number>
std::optional<Number> whole_text(std::string_view text, int base = 10) {
  Number number{};
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number, base);
  return error == std::errc{} && stop == end ? std::optional(number) : std::nullopt;
}

boost::json::value scalar_to_json(const YamlNode& node) {
  const std::string_view text = node.text;
  if (!node.is_plain) return boost::json::string(text);
  if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL")
    return nullptr;
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  const bool has_plus = text.starts_with('+') && !text.starts_with("+-");
  const auto unsigned_text = has_plus ? text.substr(1) : text;
  if (const auto number = whole_text<std::int64_t>(unsigned_text)) return *number;
  if (text.starts_with("0x")) {
    if (const auto number = whole_text<std::uint32_t>(text.substr(2), 16)) return *number;
  }
  // Only what looks like a number: from_chars reads words too.
  if (text.find_first_not_of("+-.0123456789eE") == std::string_view::npos) {
    double number = 0;
    const auto* end = unsigned_text.data() + unsigned_text.size();
    const auto [stop, error] = std::from_chars(unsigned_text.data(), end, number);
    if (error == std::errc{} && stop == end && std::isfinite(number)) return number;
  }
  return boost::json::string(text);
}

}  // namespace

const YamlNode* YamlNode::find(std::string_view name) const noexcept {
  for (const auto& [member, value] : members) {
    if (member == name) return &value;
  }
  return nullptr;
}

Result<YamlNode> read_yaml_tree(std::string_view text, const YamlLimits& limits) {
  if (text.size() > limits.size) return fail(malformed(-1, "too large"));
  try {
    std::istringstream in{std::string(text)};
    YAML::Parser parser(in);
    TreeBuilder builder(limits);
    if (!parser.HandleNextDocument(builder)) return fail(malformed(-1, "empty"));
    return builder.take();
  } catch (const Refused& refused) {
    return fail(malformed(refused.line, refused.what()));
  } catch (const YAML::Exception& exception) {
    return fail(malformed(exception.mark.line, exception.msg));
  } catch (const std::exception& exception) {
    return fail(malformed(-1, exception.what()));
  }
}

boost::json::value to_json(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::null:
      return nullptr;
    case YamlNode::Kind::scalar:
      return scalar_to_json(node);
    case YamlNode::Kind::list: {
      boost::json::array out;
      for (const auto& item : node.items) out.push_back(to_json(item));
      return out;
    }
    case YamlNode::Kind::map: {
      boost::json::object out;
      for (const auto& [name, value] : node.members) out.insert_or_assign(name, to_json(value));
      return out;
    }
  }
  return nullptr;
}

}  // namespace ff::device_repository
