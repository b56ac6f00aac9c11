// A YAML document as a tree, read with limits: files of a repository are the work of many, and
// nobody reads them before we do. Not what a document means.
#pragma once

#include <boost/json/value.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/result.hpp"

namespace ff::device_repository {

struct YamlLimits {
  std::size_t size = std::size_t{1} << 20U;  // bytes of text
  std::size_t nodes = 50'000;                // aliases counted as what they stand for
  std::size_t depth = 32;
};

struct YamlMember;

struct YamlNode {
  enum class Kind : std::uint8_t { null, scalar, list, map };
  Kind kind = Kind::null;
  std::string text;  // of a scalar
  /// Written without quotes: it may stand for a number, a truth or nothing.
  bool is_plain = false;
  std::vector<YamlNode> items;
  std::vector<YamlMember> members;  // in their order, names as written

  /// Null when this is no map, or has no such member.
  const YamlNode* find(std::string_view name) const noexcept;
};

struct YamlMember {
  std::string name;
  YamlNode node;
};

/// The first document of `text`. Total on any text. Error: malformed_document, with the line.
Result<YamlNode> read_yaml_tree(std::string_view text, const YamlLimits& limits = {});

/// Plain scalars as the core schema of YAML 1.2 reads them; infinity and NaN stay texts.
boost::json::value to_json(const YamlNode& node);

}  // namespace ff::device_repository
