// Which method an HTTP path means: a tree of the path templates of all services' HTTP rules.
// Not the call itself; see http_gateway.hpp.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace google::protobuf {
class MethodDescriptor;
}

namespace ff::api {

/// One HTTP binding of a method.
struct Binding {
  const google::protobuf::MethodDescriptor* method = nullptr;
  std::vector<std::string>
      variables;     ///< Dotted fields of the request, in order of their segments.
  std::string body;  ///< `*`, a field of the request, or nothing: query parameters.
};

class HttpRouter {
 public:
  struct Match {
    /// Null: no such path, or (`path_known`) no such method on it.
    const Binding* binding = nullptr;
    std::vector<std::string> values;  ///< Of the binding's variables.
    bool path_known = false;
  };

  /// Binds the HTTP rules of all services below `base_path` (`/api/v3`).
  explicit HttpRouter(std::string_view base_path);
  ~HttpRouter();

  /// `segments`: of the whole path, decoded. A literal segment goes before a variable one.
  Match find(std::string_view verb, const std::vector<std::string>& segments) const;
  std::size_t size() const noexcept { return size_; }

 private:
  struct Node;
  void add(const std::string& verb, std::string_view path_template, Binding binding);
  static void find_below(const Node& node, std::string_view verb,
                         const std::vector<std::string>& segments, std::size_t at, Match& match);

  std::unique_ptr<Node> root_;
  std::string base_path_;
  std::size_t size_ = 0;
};

}  // namespace ff::api
