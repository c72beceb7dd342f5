#include "launch/unit_order.h"

#include "util/shell_words.h"

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstring>

#include <fmt/format.h>

#include <unistd.h>

namespace bootcheck {
namespace {

constexpr const char* kShim = "cd -- \"$1\" && exec >>\"$2\" 2>&1 && shift 2 && exec \"$@\"";
/// Its own pid, renamed into place, proves its birth; without it there is no worker.
constexpr const char* kShimWithPidFile =
    "cd -- \"$1\" && exec >>\"$2\" 2>&1 && t=${3%/*}/.${3##*/}.bootcheck.$$ && "
    "mkdir -p -- \"${3%/*}\" && echo $$ >\"$t\" && mv -f -- \"$t\" \"$3\" && shift 3 && "
    "exec \"$@\"";
constexpr std::size_t kLongestDescription = 200;
/// What workers need, as packaging/systemd/ has it. A shutdown stops in the reverse order: workers
/// finish their jobs while the database is still there.
constexpr const char* kAfter =
    "network.target remote-fs.target nss-user-lookup.target "
    "postgresql.service mariadb.service mysql.service redis-server.service";

std::string property(std::string_view name, std::string_view value) {
  return fmt::format("--property={}={}", name, value);
}

/// A script as an argument of `sh -c` in which systemd finds nothing to expand (systemd.service(5),
/// COMMAND LINES), nor any `$` or `;`: into the unit's file systemd 252 writes these as `\$` and
/// `\;`, and complains of it at each daemon-reload ("Ignoring unknown escape sequences").
std::string disguised(std::string_view script) {
  std::string format;
  for (const char letter : script) {
    const auto byte = static_cast<unsigned char>(letter);
    const bool is_plain = byte >= ' ' && byte <= '~' && std::strchr("$;`'\"\\%", letter) == nullptr;
    format += is_plain ? std::string(1, letter) : fmt::format("\\{:03o}", byte);
  }
  return fmt::format("eval \"`printf '{}'`\"", format);
}

std::string name_of_signal(int signal) {
  if (signal >= SIGRTMIN && signal <= SIGRTMAX)
    return fmt::format("SIGRTMIN+{}", signal - SIGRTMIN);
  const char* name = ::sigabbrev_np(signal);
  return std::string("SIG") + (name == nullptr ? "TERM" : name);
}

/// It becomes a line of the unit's file, where a newline would begin another setting.
std::string one_line(std::string text) {
  const auto is_odd = [](unsigned char byte) { return byte < ' ' || byte > '~'; };
  std::ranges::replace_if(text, is_odd, '?');
  return text.substr(0, kLongestDescription);
}

void put(std::string& bytes, std::string_view field) {
  bytes += fmt::format("{}:", field.size());
  bytes += field;
}

/// Takes fields off the front of bytes; once something is wrong nothing is right any more.
class Fields {
 public:
  explicit Fields(std::string_view bytes) : rest_(bytes) {}

  std::string text() {
    const auto size = number_before(':');
    if (!is_good_ || size > rest_.size()) {
      is_good_ = false;
      return {};
    }
    const std::string field(rest_.substr(0, size));
    rest_.remove_prefix(size);
    // A word with a NUL in it would end there for whoever gets it.
    is_good_ = is_good_ && field.find('\0') == std::string::npos;
    return field;
  }

  std::size_t number() {
    const auto field = text();
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
    is_good_ = is_good_ && error == std::errc() && end == field.data() + field.size();
    return is_good_ ? value : 0;
  }

  bool is_good() const { return is_good_; }
  bool are_all_taken() const { return is_good_ && rest_.empty(); }

 private:
  std::size_t number_before(char mark) {
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    const auto used = static_cast<std::size_t>(end - rest_.data());
    is_good_ = is_good_ && error == std::errc() && used < rest_.size() && rest_[used] == mark;
    if (is_good_) rest_.remove_prefix(used + 1);
    return value;
  }

  std::string_view rest_;
  bool is_good_ = true;
};

void put(std::string& bytes, const std::map<std::string, std::string>& pairs) {
  put(bytes, fmt::to_string(pairs.size()));
  for (const auto& [key, value] : pairs) {
    put(bytes, key);
    put(bytes, value);
  }
}

std::map<std::string, std::string> pairs_of(Fields& fields) {
  std::map<std::string, std::string> pairs;
  for (auto left = fields.number(); left > 0 && fields.is_good(); --left) {
    auto key = fields.text();
    pairs.emplace(std::move(key), fields.text());
  }
  return pairs;
}

bool are_allowed(const UnitProperties& properties) {
  return std::ranges::all_of(properties, [](const auto& property) {
    return is_unit_property(property.first, property.second);
  });
}

}  // namespace

Argv transient_unit_command(const UnitOrder& order, const UnitRights& rights) {
  Argv command = {"/usr/bin/systemd-run",
                  "--quiet",
                  "--collect",
                  "--description=" + one_line(order.description),
                  property("User", fmt::to_string(rights.uid)),
                  property("Group", fmt::to_string(rights.gid)),
                  property("Type", order.forks ? "forking" : "exec"),
                  property("After", kAfter),
                  property("EnvironmentFile", rights.environment),
                  property("KillSignal", name_of_signal(order.stop_signal)),
                  property("SendSIGKILL", "no"),      // no job is ever killed
                  property("OOMPolicy", "continue"),  // one of them out of memory ends no other
                  property("IgnoreSIGPIPE", "no")};
  if (order.forks) command.push_back(property("GuessMainPID", "no"));
  if (order.start_timeout > Duration{0})
    command.push_back(
        property("TimeoutStartSec", fmt::format("{}ms", order.start_timeout.count())));
  for (const auto& [name, value] : order.properties)
    command.push_back(property(name, value));
  if (!rights.input.empty()) command.push_back(property("StandardInput", "file:" + rights.input));
  command.emplace_back("--");
  // The shell looks the program up in the unit's PATH and keeps the words as they are, by which
  // the worker is known in /proc; systemd-run would make the program's path absolute.
  const bool has_pid_file = !order.pid_file.empty();
  std::string script = "set --";
  const auto add = [&](const std::string& word) { script += " " + shell_word(word); };
  add(order.working_directory.native());
  add(order.output.native());
  if (has_pid_file) add(order.pid_file.native());
  std::ranges::for_each(order.argv, add);
  script += " && ";
  script += has_pid_file ? kShimWithPidFile : kShim;
  command.insert(command.end(), {"/bin/sh", "-c", disguised(script), "bootcheck"});
  return command;
}

std::string environment_file(const std::map<std::string, std::string>& env) {
  std::string text;
  for (const auto& [key, value] : env) {
    text += key + "=\"";
    for (const char letter : value) {
      if (std::strchr("\"\\$`", letter) != nullptr && letter != '\0') text += '\\';
      text += letter;
    }
    text += "\"\n";
  }
  return text;
}

std::string path_for_systemd(const UniqueFd& fd) {
  return fd ? fmt::format("/proc/{}/fd/{}", ::getpid(), fd.get()) : std::string();
}

std::string pack(const UnitOrder& order) {
  std::string bytes;
  put(bytes, order.description);
  put(bytes, order.forks ? "1" : "0");
  put(bytes, fmt::to_string(order.stop_signal));
  put(bytes, fmt::to_string(order.start_timeout.count()));
  put(bytes, order.working_directory.native());
  put(bytes, order.output.native());
  put(bytes, order.input);
  put(bytes, order.pid_file.native());
  put(bytes, fmt::to_string(order.argv.size()));
  for (const auto& word : order.argv)
    put(bytes, word);
  put(bytes, order.env);
  put(bytes, order.properties);
  return bytes;
}

std::optional<UnitOrder> unpack_order(std::string_view bytes) {
  Fields fields(bytes);
  UnitOrder order;
  order.description = fields.text();
  order.forks = fields.number() != 0;
  order.stop_signal = static_cast<int>(std::min<std::size_t>(fields.number(), NSIG));
  order.start_timeout =
      Duration{static_cast<Duration::rep>(std::min<std::size_t>(fields.number(), 1U << 30U))};
  order.working_directory = fields.text();
  order.output = fields.text();
  order.input = fields.text();
  order.pid_file = fields.text();
  for (auto left = fields.number(); left > 0 && fields.is_good(); --left)
    order.argv.push_back(fields.text());
  order.env = pairs_of(fields);
  order.properties = pairs_of(fields);
  const bool is_order = fields.are_all_taken() && !order.argv.empty();
  if (!is_order || !are_allowed(order.properties)) return std::nullopt;
  return order;
}

}  // namespace bootcheck
