#include "app/codec/engine.hpp"

#include <js/Array.h>
#include <js/Context.h>
#include <js/ContextOptions.h>
#include <js/Conversions.h>
#include <js/Date.h>
#include <js/Initialization.h>
#include <js/Interrupt.h>
#include <js/JSON.h>
#include <js/MemoryCallbacks.h>
#include <js/Principals.h>
#include <js/Promise.h>
#include <js/PropertyAndElement.h>
#include <js/Realm.h>
#include <malloc.h>
#include <signal.h>
#include <time.h>

#include <atomic>
#include <utility>

#include "app/codec/failure.hpp"
#include "app/codec/output.hpp"
#include "app/codec/realm.hpp"

namespace ff::codec {
namespace {

using formatter::Answer;
using formatter::Call;
using formatter::Ending;
using formatter::Function;

constexpr std::chrono::milliseconds tick{5};
constexpr std::size_t native_stack_bytes = std::size_t{512} << 10U;
/// Of compiled scripts and their globals together, in the garbage collector's heap.
constexpr std::size_t realm_bytes = std::size_t{256} << 10U;
/// Fresh globals are collected in time.
constexpr unsigned calls_per_collection = 64;

/// Of the process: ticks of processor time since the last call began.
std::atomic<unsigned> ticks{0};
std::atomic<JSContext*> ticking{nullptr};

/// The urgent kind: regular expressions look at no other. In a signal handler that is allowed here,
/// because the lock it takes is that of waiting threads, and there is no shared memory to wait for.
void on_tick(int) {
  ticks.fetch_add(1, std::memory_order_relaxed);
  if (auto* cx = ticking.load(std::memory_order_relaxed)) JS_RequestInterruptCallback(cx);
}

/// Ticks while this thread runs, and not while it waits for a call.
bool start_ticks() {
  struct sigaction action {};
  action.sa_handler = on_tick;
  action.sa_flags = SA_RESTART;
  if (sigaction(SIGALRM, &action, nullptr) != 0) return false;
  sigevent event{};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = SIGALRM;
  timer_t timer{};
  if (timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &timer) != 0) return false;
  itimerspec every{};
  every.it_interval.tv_nsec = std::chrono::nanoseconds(tick).count();
  every.it_value = every.it_interval;
  return timer_settime(timer, 0, &every, nullptr) == 0;
}

std::size_t allocated_bytes() noexcept {
  const auto info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

/// Drops promises' jobs: nothing of a call goes on after it.
class NoJobs final : public JS::JobQueue {
 public:
  JSObject* getIncumbentGlobal(JSContext* cx) override { return JS::CurrentGlobalOrNull(cx); }
  bool enqueuePromiseJob(JSContext*, JS::HandleObject, JS::HandleObject, JS::HandleObject,
                         JS::HandleObject) override {
    return true;
  }
  void runJobs(JSContext*) override {}
  bool empty() const override { return true; }

 private:
  js::UniquePtr<SavedJobQueue> saveJobQueue(JSContext*) override { return nullptr; }
};

bool no_code_from_text(JSContext*, JS::RuntimeCode, JS::HandleString) {
  return false;
}
constexpr JSSecurityCallbacks security{no_code_from_text, nullptr};

JSObject* octets(JSContext* cx, ByteView bytes) {
  JS::RootedValueVector values(cx);
  if (!values.resize(bytes.size())) return nullptr;
  for (std::size_t i = 0; i < bytes.size(); ++i) values[i].setInt32(bytes[i]);
  return JS::NewArrayObject(cx, values);
}

bool put(JSContext* cx, JS::HandleObject object, const char* name, JS::HandleValue value) {
  return JS_DefineProperty(cx, object, name, value, JSPROP_ENUMERATE);
}

/// `list` of the script's own errors has something in it.
bool has_entries(JSContext* cx, JS::HandleValue list, bool& out) {
  out = false;
  if (!list.isObject()) {
    out = list.isString() && JS::ToBoolean(list);
    return true;
  }
  const JS::RootedObject object(cx, &list.toObject());
  JS::RootedValue length(cx);
  if (!JS_GetProperty(cx, object, "length", &length)) return false;
  out = JS::ToBoolean(length);
  return true;
}

}  // namespace

struct Engine::State {
  explicit State(JSContext* context, const Limits& within)
      : cx(context), limits(within), realms(context, within.realms) {}

  JSContext* cx;
  Limits limits;
  Realms realms;
  NoJobs jobs;
  Stop stop;
  bool running = false;
  unsigned ticks_max = 0;
  std::size_t allocated_before = 0;
  unsigned calls = 0;

  void begin();
  void end();
  Answer attempt(Realm& realm, const Call& call, bool lasting);
  bool invoke(const Functions& functions, const Call& call, Answer& answer);
  bool call_function(JS::HandleValue function, JS::HandleValue first, JS::HandleValue second,
                     JS::MutableHandleValue result);
  bool input_of(const Call& call, JS::MutableHandleObject out);
  bool decode(const Functions& functions, const Call& call, Answer& answer);
  bool encode(const Functions& functions, const Call& call, Answer& answer);
  bool normalize(const Functions& functions, JS::HandleValue decoded, Answer& answer);
  bool tell(JS::HandleValue result, std::string_view before, std::string_view after,
            Answer& answer);
  bool write(JS::HandleValue value, std::string_view before, std::string_view after,
             std::string& out, Answer& answer);
  static bool on_interrupt(JSContext* cx);
  static void on_out_of_memory(JSContext* cx, void* state);
};

/// False ends the script; it can not catch that.
bool Engine::State::on_interrupt(JSContext* cx) {
  auto& state = *static_cast<State*>(JS_GetContextPrivate(cx));
  if (!state.running) return true;
  if (ticks.load(std::memory_order_relaxed) > state.ticks_max) {
    state.stop.timed_out = true;
    return false;
  }
  if (allocated_bytes() > state.allocated_before + state.limits.memory_bytes) {
    state.stop.out_of_memory = true;
    return false;
  }
  return true;
}

void Engine::State::on_out_of_memory(JSContext*, void* state) {
  static_cast<State*>(state)->stop.out_of_memory = true;
}

void Engine::State::begin() {
  stop = {};
  allocated_before = allocated_bytes();
  ticks.store(0, std::memory_order_relaxed);
  running = true;
}

void Engine::State::end() {
  running = false;
  // What a stopped script has piled up is not to be there when the next one is measured.
  if (stop.timed_out) return JS_GC(cx);
  if (++calls % calls_per_collection == 0) JS_MaybeGC(cx);
}

bool Engine::State::call_function(JS::HandleValue function, JS::HandleValue first,
                                  JS::HandleValue second, JS::MutableHandleValue result) {
  JS::RootedValueArray<2> arguments(cx);
  arguments[0].set(first);
  arguments[1].set(second);
  const JS::RootedObject nobody(cx);
  const auto count = second.isUndefined() ? std::size_t{1} : std::size_t{2};
  return JS_CallFunctionValue(cx, nobody, function,
                              JS::HandleValueArray::subarray(arguments, 0, count), result);
}

/// What the functions of the current names get.
bool Engine::State::input_of(const Call& call, JS::MutableHandleObject out) {
  out.set(JS_NewPlainObject(cx));
  if (!out) return false;
  const JS::RootedValue port(cx, JS::Int32Value(call.f_port));
  JS::RootedValue value(cx);
  if (call.function == Function::encode_downlink) {
    const auto text = as_text(call.input);
    const JS::RootedString json(cx, JS_NewStringCopyUTF8N(cx, {text.data(), text.size()}));
    return json && JS_ParseJSON(cx, json, &value) && put(cx, out, "data", value) &&
           put(cx, out, "fPort", port);
  }
  const JS::RootedObject bytes(cx, octets(cx, call.input));
  if (!bytes) return false;
  value.setObject(*bytes);
  if (!put(cx, out, "bytes", value) || !put(cx, out, "fPort", port)) return false;
  if (!call.received_at) return true;
  const auto since =
      std::chrono::duration_cast<std::chrono::milliseconds>(call.received_at->time_since_epoch());
  auto* time = JS::NewDateObject(cx, JS::TimeClip(static_cast<double>(since.count())));
  if (time == nullptr) return false;
  value.setObject(*time);
  return put(cx, out, "recvTime", value);
}

/// False: as Output::append; `answer` then has the reason if there is one.
bool Engine::State::write(JS::HandleValue value, std::string_view before, std::string_view after,
                          std::string& out, Answer& answer) {
  Output output(cx);
  output.append_raw(before);
  if (!output.append(value)) {
    if (output.problem().empty()) return false;
    answer.ending = Ending::bad_output;
    answer.text = output.problem();
    return true;
  }
  output.append_raw(after);
  if (!output.unencodable().empty()) {
    answer.ending = Ending::not_encodable;
    answer.paths = output.unencodable();
    return true;
  }
  out = output.take();
  return true;
}

/// The result of a script's function, between `before` and `after`.
bool Engine::State::tell(JS::HandleValue result, std::string_view before, std::string_view after,
                         Answer& answer) {
  if (result.isNullOrUndefined()) {
    answer.ending = Ending::no_output;
    return true;
  }
  return write(result, before, after, answer.text, answer);
}

/// Runs only if the decoder has reported no errors and has returned data.
bool Engine::State::normalize(const Functions& functions, JS::HandleValue decoded, Answer& answer) {
  if (!functions.normalize_uplink.isObject() || !decoded.isObject()) return true;
  const JS::RootedObject object(cx, &decoded.toObject());
  JS::RootedValue errors(cx);
  JS::RootedValue data(cx);
  bool failed = false;
  if (!JS_GetProperty(cx, object, "errors", &errors) || !has_entries(cx, errors, failed) ||
      !JS_GetProperty(cx, object, "data", &data))
    return false;
  if (failed || !JS::ToBoolean(data)) return true;
  const JS::RootedObject input(cx, JS_NewPlainObject(cx));
  // The same object: what the normalizer changes is changed in the decoded payload.
  if (!input || !put(cx, input, "data", data)) return false;
  const JS::RootedValue argument(cx, JS::ObjectValue(*input));
  JS::RootedValue normalized(cx);
  if (!call_function(functions.normalize_uplink, argument, JS::UndefinedHandleValue, &normalized))
    return false;
  if (normalized.isNullOrUndefined()) return true;
  std::string text;
  if (!write(normalized, "", "", text, answer)) return false;
  if (answer.ending == Ending::done) answer.normalized = std::move(text);
  return true;
}

bool Engine::State::decode(const Functions& functions, const Call& call, Answer& answer) {
  const bool up = call.function == Function::decode_uplink;
  const auto& function = up ? functions.decode_uplink : functions.decode_downlink;
  JS::RootedValue result(cx);
  if (function.isObject()) {
    JS::RootedObject input(cx);
    if (!input_of(call, &input)) return false;
    const JS::RootedValue argument(cx, JS::ObjectValue(*input));
    if (!call_function(function, argument, JS::UndefinedHandleValue, &result)) return false;
    if (up && !normalize(functions, result, answer)) return false;
    return answer.ending != Ending::done || tell(result, "", "", answer);
  }
  if (!up || !functions.decoder.isObject()) {
    JS_ReportErrorASCII(cx, "%s is not defined", up ? "decodeUplink" : "decodeDownlink");
    return false;
  }
  const JS::RootedObject bytes(cx, octets(cx, call.input));
  if (!bytes) return false;
  const JS::RootedValue first(cx, JS::ObjectValue(*bytes));
  const JS::RootedValue port(cx, JS::Int32Value(call.f_port));
  return call_function(functions.decoder, first, port, &result) &&
         tell(result, R"({"data":)", "}", answer);
}

bool Engine::State::encode(const Functions& functions, const Call& call, Answer& answer) {
  JS::RootedObject input(cx);
  if (!input_of(call, &input)) return false;
  JS::RootedValue result(cx);
  if (functions.encode_downlink.isObject()) {
    const JS::RootedValue argument(cx, JS::ObjectValue(*input));
    return call_function(functions.encode_downlink, argument, JS::UndefinedHandleValue, &result) &&
           tell(result, "", "", answer);
  }
  if (!functions.encoder.isObject()) {
    JS_ReportErrorASCII(cx, "encodeDownlink is not defined");
    return false;
  }
  JS::RootedValue data(cx);
  if (!JS_GetProperty(cx, input, "data", &data)) return false;
  const JS::RootedValue port(cx, JS::Int32Value(call.f_port));
  return call_function(functions.encoder, data, port, &result) &&
         tell(result, R"({"bytes":)", "}", answer);
}

bool Engine::State::invoke(const Functions& functions, const Call& call, Answer& answer) {
  return call.function == Function::encode_downlink ? encode(functions, call, answer)
                                                    : decode(functions, call, answer);
}

Answer Engine::State::attempt(Realm& realm, const Call& call, bool lasting) {
  Answer answer{.id = call.id};
  const JS::RootedObject global(cx, lasting ? realm.lasting_global() : realms.globals().make());
  if (!global) {
    // In no realm there is no text for an exception; for a lasting one a fresh one follows.
    JS_ClearPendingException(cx);
    answer.ending = Ending::out_of_memory;
    return answer;
  }
  const JSAutoRealm inside(cx, global);
  Functions functions(cx);
  const bool listed =
      lasting ? realm.lasting_functions(functions) : realm.fresh_functions(functions);
  if (!listed || !invoke(functions, call, answer)) tell_failure(cx, stop, answer);
  return answer;
}

Engine::Engine(std::unique_ptr<State> state) : state_(std::move(state)) {}

Engine::~Engine() {
  ticking = nullptr;
  auto* cx = state_->cx;
  state_.reset();
  JS_DestroyContext(cx);
  JS_ShutDown();
}

std::unique_ptr<Engine> Engine::start(const Limits& limits) {
  if (!JS_Init()) return nullptr;
  const auto heap = limits.memory_bytes + limits.realms * realm_bytes;
  auto* cx = JS_NewContext(static_cast<std::uint32_t>(std::min<std::size_t>(heap, 0xFFFFFFFFU)));
  if (cx == nullptr) return nullptr;
  JS_SetGCParameter(cx, JSGC_MAX_BYTES,
                    static_cast<std::uint32_t>(std::min<std::size_t>(heap, 0xFFFFFFFFU)));
  JS_SetNativeStackQuota(cx, native_stack_bytes);
  JS::ContextOptionsRef(cx).setAsmJS(false).setWasm(false);
  JS_SetSecurityCallbacks(cx, &security);
  if (!JS::InitSelfHostedCode(cx)) return nullptr;
  auto state = std::make_unique<State>(cx, limits);
  // The tick under way when a call begins counts, so one more.
  state->ticks_max = static_cast<unsigned>(limits.cpu / tick) + 1;
  JS_SetContextPrivate(cx, state.get());
  JS::SetJobQueue(cx, &state->jobs);
  JS::SetOutOfMemoryCallback(cx, State::on_out_of_memory, state.get());
  if (!JS_AddInterruptCallback(cx, State::on_interrupt)) return nullptr;
  ticking = cx;
  if (!start_ticks()) return nullptr;
  return std::unique_ptr<Engine>(new Engine(std::move(state)));
}

void Engine::warm_up() {
  constexpr std::string_view script = R"(
    function decodeUplink(input) {
      var time = new Date(2020, 1, 1);
      return { data: { time: time.toString(), local: time.toLocaleString(), number: (1.5).toLocaleString(),
                       text: 'äb'.normalize('NFD').localeCompare('b'), match: /\p{L}/u.test('x') } };
    })";
  for (const auto* word : {"", "// arguments"}) {
    Call call{.script = std::string(script) + word};
    call.key.fill(word[0] == 0 ? 1 : 2);
    for (int i = 0; i < 8; ++i) run(call);
    state_->realms.forget(call.key);
  }
}

Answer Engine::run(const Call& call) {
  auto& state = *state_;
  auto* realm = state.realms.find(call.key, call.script);
  if (realm == nullptr) return {.id = call.id, .ending = Ending::script_missing};
  Answer answer;
  state.realms.globals().compilations.clear();
  state.begin();
  const bool lasting = state.realms.use_lasting(*realm);
  if (lasting) answer = state.attempt(*realm, call, true);
  const bool again = !lasting || answer.ending == Ending::threw ||
                     (answer.ending == Ending::out_of_memory && !state.stop.out_of_memory);
  if (again) answer = state.attempt(*realm, call, false);
  if (lasting && again && answer.ending != Ending::threw) state.realms.give_up_lasting(*realm);
  state.end();
  answer.compilations = std::exchange(state.realms.globals().compilations, {});
  // What is left of a memory bomb may take the next call with it.
  answer.retires = answer.ending == Ending::out_of_memory;
  return answer;
}

}  // namespace ff::codec
