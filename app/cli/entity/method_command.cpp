#include "app/cli/entity/method_command.hpp"

#include <google/protobuf/message.h>

#include <algorithm>
#include <charconv>

#include "app/cli/message/api.hpp"
#include "app/cli/message/set_text.hpp"
#include "app/cli/session/clock.hpp"
#include "app/cli/session/json_objects.hpp"
#include "protocol/api_json/api_json.hpp"
#include "protocol/base/assert.hpp"

namespace ff::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr std::string_view default_limit = "50";
constexpr std::string_view updated_since = "filter.updated-since";

/// Words fill the flags that they stand for.
Arguments with_words(const Arguments& given, const std::vector<std::string>& words) {
  auto arguments = given;
  for (std::size_t i = 0; i < given.words.size() && i < words.size(); ++i)
    arguments.flags[words[i]] = {given.words[i]};
  return arguments;
}

/// Lists have filters as messages; the one there is has a flag of its own. [spec cli §3]
Status add_filter(const Arguments& arguments, Message& request) {
  const auto* field = request.GetDescriptor()->FindFieldByName("filters");
  if (field == nullptr || !arguments.has(updated_since)) return {};
  auto* filter = request.GetReflection()->AddMessage(&request, field);
  const auto leaves = leaves_of(*field->message_type());
  FF_ASSERT(!leaves.empty());
  return set_text(*filter, leaves.front(), arguments.texts(updated_since));
}

/// The runs of one row.
class MethodRun {
 public:
  MethodRun(const MethodCommand& row, Session& session, const Arguments& arguments)
      : row_(row),
        flags_(row.shape),
        session_(session),
        arguments_(with_words(arguments, row.words)),
        has_words_(!arguments.words.empty()),
        method_(method_of(row.shape.method)) {
    if (flags_.has("limit") && !arguments_.has("limit"))
      arguments_.flags["limit"] = {std::string(default_limit)};
  }

  Status run() {
    FF_CHECK(check());
    const bool creates = flags_.has_body() && row_.name == "create";
    if (creates) {
      const bool is_described = has_words_ || !flags_.given_paths(arguments_).empty();
      const auto& input = session_.input(!is_described);
      const auto first = input.find_first_not_of(" \t\r\n");
      const bool is_json =
          first != std::string::npos && (input[first] == '{' || input[first] == '[');
      if (!input.empty() && (is_json || !row_.asks)) return bulk(input);
    }
    return once({});
  }

 private:
  Status check() {
    if (row_.needs_collaborator) {
      const bool has_user = arguments_.has("user-id");
      // Of an organization's own commands it is the organization.
      const bool has_organization =
          arguments_.has("organization-id") &&
          std::ranges::find(row_.words, "organization-id") == row_.words.end();
      if (!has_user && !has_organization) return fail(no_collaborator);
      if (has_user && has_organization) {
        session_.warn("both a user and an organization were given; the user is taken");
        arguments_.flags.erase("organization-id");
      }
    }
    if (row_.question.empty() || arguments_.flag("force")) return {};
    session_.warn("a purged entity can not be restored, and its ID can be used again");
    if (!session_.confirms(row_.question)) return fail(canceled);
    return {};
  }

  /// The first item that fails ends the run; earlier ones stay. [spec cli §3]
  Status bulk(std::string_view input) {
    JsonObjects objects(input);
    while (true) {
      FF_TRY(const auto object, objects.next());
      if (!object) return {};
      FF_CHECK(once(*object));
    }
  }

  Status once(std::string_view body) {
    const auto request = make_message(*method_.input_type());
    if (!body.empty())
      FF_CHECK(api_json::from_json(body, mutable_field(*request, row_.shape.body)));
    FF_CHECK(flags_.apply(arguments_, *request, utc_now()));
    FF_CHECK(add_filter(arguments_, *request));
    if (flags_.has_mask()) {
      FF_TRY(const auto goes_on, mask(*request));
      if (!goes_on) return {};
    }
    if (row_.prepare) FF_CHECK(row_.prepare(session_, arguments_, *request));
    return row_.is_stream ? stream(*request) : call(*request);
  }

  /// False: nothing is set, so there is nothing to do.
  Result<bool> mask(Message& request) {
    if (!flags_.has_body()) {
      auto paths = flags_.selected_paths(arguments_);
      if (arguments_.flag("all")) session_.warn("what --all selects may change between versions");
      if (paths.empty() && row_.name == "get") {
        session_.inform("no fields selected, selecting all");
        auto all = arguments_;
        all.flags["all"] = {"true"};
        paths = flags_.selected_paths(all);
      }
      set_mask(request, paths);
      return true;
    }
    auto paths = flags_.given_paths(arguments_);
    for (const auto& text : arguments_.texts("unset")) {
      for (auto& path : split_commas(text)) {
        std::ranges::replace(path, '-', '_');
        if (std::ranges::find(paths, path) != paths.end())
          return fail(conflicting_paths, {{"path", path}});
        paths.push_back(std::move(path));
      }
    }
    if (paths.empty() && !row_.prepare) {
      session_.warn("nothing to set");
      return false;
    }
    if (std::ranges::find(paths, "attributes") != paths.end() && !row_.read_method.empty() &&
        arguments_.has("attributes"))
      FF_CHECK(merge_attributes(mutable_field(request, row_.shape.body)));
    set_mask(request, paths);
    return true;
  }

  /// Given ones are put into those there are; an empty value takes one away. [spec cli §3]
  Status merge_attributes(Message& body) {
    const auto& read = method_of(row_.read_method);
    const auto request = make_message(*read.input_type());
    const auto answer = make_message(*read.output_type());
    const auto* ids = body.GetDescriptor()->FindFieldByName("ids");
    mutable_field(*request, read.input_type()->field(0)->name())
        .CopyFrom(body.GetReflection()->GetMessage(body, ids));
    set_mask(*request, {"attributes"});
    FF_CHECK(session_.api().call(row_.read_method, *request, *answer));
    const auto* field = body.GetDescriptor()->FindFieldByName("attributes");
    std::unique_ptr<Message> merged(answer->New());
    merged->GetReflection()->SwapFields(merged.get(), answer.get(), {field});
    merged->GetReflection()->SwapFields(answer.get(), &body, {field});
    merged->MergeFrom(*answer);
    drop_empty(*merged, *field);
    body.GetReflection()->SwapFields(&body, merged.get(), {field});
    return {};
  }

  static void drop_empty(Message& message, const FieldDescriptor& field) {
    const auto& reflection = *message.GetReflection();
    for (int i = reflection.FieldSize(message, &field) - 1; i >= 0; --i) {
      auto* entry = reflection.MutableRepeatedMessage(&message, &field, i);
      const auto* value = field.message_type()->map_value();
      if (!entry->GetReflection()->GetString(*entry, value).empty()) continue;
      reflection.SwapElements(&message, &field, i, reflection.FieldSize(message, &field) - 1);
      reflection.RemoveLast(&message, &field);
    }
  }

  Status call(const Message& request) {
    const auto answer = make_message(*method_.output_type());
    AnswerFacts facts;
    FF_CHECK(session_.api().call(row_.shape.method, request, *answer, &facts));
    if (row_.show) return row_.show(session_, arguments_, *answer);
    FF_CHECK(show_answer(session_, *answer));
    hint_next_page(session_, arguments_, facts);
    return {};
  }

  Status stream(const Message& request) {
    const auto message = make_message(*method_.output_type());
    Status shown;
    FF_CHECK(session_.api().stream({row_.shape.method, request}, *message, [&] {
      shown = row_.show ? row_.show(session_, arguments_, *message)
                        : session_.printer().streamed(*message);
      return shown.has_value();
    }));
    return shown;
  }

  const MethodCommand& row_;
  RequestFlags flags_;
  Session& session_;
  Arguments arguments_;
  bool has_words_;
  const google::protobuf::MethodDescriptor& method_;
};

std::uint64_t number_of(const std::string& text, std::uint64_t otherwise) {
  std::uint64_t number = 0;
  const auto* end = text.data() + text.size();
  return !text.empty() && std::from_chars(text.data(), end, number).ptr == end ? number : otherwise;
}

std::vector<Flag> flags_of(const MethodCommand& row) {
  const RequestFlags request(row.shape);
  auto flags = request.flags();
  if (method_of(row.shape.method).input_type()->FindFieldByName("filters") != nullptr)
    flags.push_back({std::string(updated_since), FlagKind::text, "TIME", "changed since then"});
  if (!row.question.empty())
    flags.push_back({"force", FlagKind::boolean, "", "do not ask whether it is meant"});
  for (const auto& flag : row.more_flags) flags.push_back(flag);
  return flags;
}

}  // namespace

Message& mutable_field(Message& message, const std::string& name) {
  const auto* field = message.GetDescriptor()->FindFieldByName(name);
  FF_ASSERT(field != nullptr && field->message_type() != nullptr && !field->is_repeated());
  return *message.GetReflection()->MutableMessage(&message, field);
}

std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const auto blank = std::min(text.find(' '), text.size());
    words.emplace_back(text.substr(0, blank));
    text.remove_prefix(std::min(blank + 1, text.size()));
  }
  return words;
}

Status show_answer(Session& session, const Message& answer) {
  const auto& type = *answer.GetDescriptor();
  if (type.field_count() == 0) return {};
  const auto* only = type.field_count() == 1 ? type.field(0) : nullptr;
  if (only == nullptr || !only->is_repeated() || only->message_type() == nullptr || only->is_map())
    return session.printer().item(answer);
  std::vector<const Message*> items;
  const auto& reflection = *answer.GetReflection();
  for (int i = 0; i < reflection.FieldSize(answer, only); ++i)
    items.push_back(&reflection.GetRepeatedMessage(answer, only, i));
  return session.printer().list(items);
}

void hint_next_page(const Session& session, const Arguments& arguments, const AnswerFacts& facts) {
  const auto limit = number_of(arguments.text("limit"), 0);
  const auto page = std::max<std::uint64_t>(number_of(arguments.text("page"), 1), 1);
  if (!facts.total_count || limit == 0 || *facts.total_count / limit < page ||
      *facts.total_count <= limit * page)
    return;
  session.inform("there are " + std::to_string(*facts.total_count) +
                 " in total; the next page is --page " + std::to_string(page + 1));
}

void add_method_command(Command& root, MethodCommand row) {
  Command command;
  command.name = row.name;
  command.summary = row.summary;
  for (const auto& word : row.words)
    command.words += (command.words.empty() ? "[" : " [") + word + "]";
  command.words_max = row.words.size();
  command.access = row.access;
  const auto group = row.group;
  const auto shared = std::make_shared<const MethodCommand>(std::move(row));
  command.flags = [shared] { return flags_of(*shared); };
  command.run = [shared](Session& session, const Arguments& arguments) {
    return MethodRun(*shared, session, arguments).run();
  };
  add_command(root, group, std::move(command));
}

}  // namespace ff::cli
