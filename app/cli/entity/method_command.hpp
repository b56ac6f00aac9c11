// A command that is one call: a row names its place in the tree, its method and what is special
// about it; flags, request, field mask and output follow from the method's messages.
// Not commands of several calls; see app/cli/device.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/cli/command/command.hpp"
#include "app/cli/entity/request_flags.hpp"
#include "app/cli/session/session.hpp"

namespace ff::cli {

inline constexpr ErrorDef no_collaborator{
    "cli", "no_collaborator", Code::invalid_argument,
    "no collaborator was given; use --user-id or --organization-id"};

struct MethodCommand {
  std::string group;  ///< `applications api-keys`
  std::string name;   ///< `create`
  std::string summary;
  RequestShape shape;
  std::vector<std::string> words;  ///< Flags that words stand for, in this order.
  /// The method that reads what a body with attributes is merged into; empty: they are replaced.
  std::string read_method = {};
  Access access = Access::required;
  bool needs_collaborator = false;
  /// Asked before the call, unless --force; `{id}` is the first word.
  std::string question = {};
  std::vector<Flag> more_flags = {};  ///< Of `prepare`.
  /// Completes the request, after its flags were put into it.
  std::function<Status(Session&, const Arguments&, google::protobuf::Message&)> prepare = {};
  /// Shows an answer, or each of a stream, in its own way.
  std::function<Status(Session&, const Arguments&, const google::protobuf::Message&)> show = {};
  bool is_stream = false;
  bool asks = false;  ///< Standard input that is no JSON is the answer to a question.
};

void add_method_command(Command& root, MethodCommand row);

/// The field `name` of `message`, a message. Asserts that there is one.
google::protobuf::Message& mutable_field(google::protobuf::Message& message,
                                         const std::string& name);

/// Parts of a text separated by blanks.
std::vector<std::string> split_words(std::string_view text);

/// Shows an answer: nothing of an empty one, a list of one that is nothing else.
Status show_answer(Session& session, const google::protobuf::Message& answer);

/// Logs how to get the next page, if there is one.
void hint_next_page(const Session& session, const Arguments& arguments, const AnswerFacts& facts);

}  // namespace ff::cli
