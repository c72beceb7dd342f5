# The database without Rails, which takes long to load: for bin/setup and bin/jobs_report.
require "yaml"

class Database
  def self.open
    settings = YAML.load_file(File.expand_path("database.yml", __dir__)).fetch("production")
    { "sqlite3" => SQLite, "postgresql" => PostgreSQL, "mysql2" => MariaDB }.fetch(settings.fetch("adapter")).new(settings)
  end

  class SQLite
    ID = "integer PRIMARY KEY AUTOINCREMENT NOT NULL".freeze
    TIME = "datetime(6)".freeze

    def initialize(settings)
      require "sqlite3"
      @connection = SQLite3::Database.new(File.expand_path("../#{settings['database']}", __dir__), :results_as_hash => true)
      @connection.busy_timeout = settings["timeout"]
      execute("PRAGMA journal_mode = WAL") # readers never wait
    end

    def execute(sql)
      @connection.execute_batch(sql)
    end

    def rows(sql)
      @connection.execute(sql).map { |row| row.select { |column, _| column.is_a?(String) } }
    end
  end

  class PostgreSQL
    ID = "bigserial PRIMARY KEY".freeze
    TIME = "timestamp(6)".freeze

    def initialize(settings)
      require "pg"
      @connection = PG.connect(:host => settings["host"], :user => settings["username"], :dbname => settings["database"])
      @connection.type_map_for_results = PG::BasicTypeMapForResults.new(@connection)
    end

    def execute(sql)
      @connection.exec("SET client_min_messages = warning; #{sql}")
    end

    def rows(sql)
      @connection.exec(sql).to_a
    end
  end

  class MariaDB
    ID = "bigint AUTO_INCREMENT PRIMARY KEY".freeze
    TIME = "datetime".freeze # as Rails 6.1 makes it

    def initialize(settings)
      require "mysql2"
      @connection = Mysql2::Client.new(:socket => settings["socket"], :username => settings["username"],
                                       :database => settings["database"])
    end

    def execute(sql)
      sql.split(/;$/).each { |statement| @connection.query(statement) unless statement.strip.empty? }
    end

    def rows(sql)
      @connection.query(sql).to_a
    end
  end
end
