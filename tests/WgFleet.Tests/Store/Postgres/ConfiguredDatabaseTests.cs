using Microsoft.Extensions.Logging;
using Npgsql;
using WgFleet.Config;
using WgFleet.Hosting;
using WgFleet.Store;
using WgFleet.Store.Engine;
using WgFleet.Store.Opening;
using WgFleet.Testing;

namespace WgFleet.Tests.Store.Postgres;

/// <summary>A server starts with the PostgreSQL that its configuration names, or says in one line why not; and what a start refuses, wg-fleet check refuses in the same words.</summary>
public sealed class ConfiguredDatabaseTests : IDisposable
{
    private const string Password = "geheim";

    private readonly Folder _folder = new();
    private readonly TestDatabase _stored = new(TestEngine.Postgres);

    private string Secret => _folder.File("database.secret");

    private ServerConfig Config => Some.Config(_folder.Path) with { PostgresFile = Secret };

    private string Name => _stored.Rows("SELECT current_database()")[0];

    private string Good => $"Host={PostgresServer.Shared.Host};Username=postgres;Database={Name}";

    public void Dispose()
    {
        _stored.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_server_starts_with_the_database_of_a_secret_file_and_check_finds_nothing_while_it_runs()
    {
        Write(Good);
        ConfiguredDatabase.Check(Config).ShouldNotBeNull();

        using var database = ConfiguredDatabase.Open(Config, new CollectedLog().CreateLogger("store"));

        database.Read(EventTable.LastSequence).ShouldBe(0);
        ConfiguredDatabase.Check(Config).ShouldNotBeNull();
        Should.Throw<StartupException>(() => ConfiguredDatabase.Open(Config, new CollectedLog().CreateLogger("store"))).Message.ShouldContain(" is in use by wg-fleet, pid ");
    }

    [Fact]
    public void Check_changes_nothing_in_a_new_database()
    {
        var name = PostgresServer.Shared.CreateDatabase();
        _stored.Execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
        Write(Good);

        ConfiguredDatabase.Check(Config).ShouldNotBeNull();

        _stored.Tables().ShouldBeEmpty();
        PostgresServer.Shared.DropDatabase(name);
    }

    [Fact]
    public void A_setting_may_have_a_line_of_its_own_and_of_several_hosts_the_one_that_works_is_taken()
    {
        Write($"Host={_folder.Path},{PostgresServer.Shared.Host}\nUsername=postgres\nDatabase={Name}\nTarget Session Attributes=primary\n");

        ConfiguredDatabase.Open(Config, new CollectedLog().CreateLogger("store")).Dispose();
    }

    [Fact]
    public void A_secret_file_that_is_missing_is_named() => Refused().ShouldBe($"database: there is no secret file {Secret}");

    [Fact]
    public void A_secret_file_that_others_may_read_is_refused()
    {
        Write(Good);
        File.SetUnixFileMode(Secret, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);

        Refused().ShouldBe($"database: secret file {Secret} is open to others (mode 0640): chmod 600 {Secret}");
    }

    [Theory]
    [InlineData("geheim", "is not a connection string, such as Host=db.example.com;Database=fleet;Username=fleet;Password=…")]
    [InlineData("Host=h;Database=d;Password=x;geheim=1", "has a setting that Npgsql does not know, or a value with ';' that is not in quotes; its settings are at https://www.npgsql.org/doc/connection-string-parameters.html")]
    [InlineData("Host=h;Database=d;Port=geheim", "has a value of 'port' that is not one of its values; see https://www.npgsql.org/doc/connection-string-parameters.html")]
    [InlineData("Host=h;Database=d;SSL Mode=geheim", "has a value of 'ssl mode' that is not one of its values; see https://www.npgsql.org/doc/connection-string-parameters.html")]
    [InlineData("Host=h;Database=d;Pooling=true", "sets 'Pooling', which the server decides itself; remove it")]
    [InlineData("Host=h;Database=d;MaxPoolSize=5", "sets 'Maximum Pool Size', which the server decides itself; remove it")]
    [InlineData("Host=h;Database=d;Multiplexing=true", "sets 'Multiplexing', which the server decides itself; remove it")]
    [InlineData("Database=d;Password=geheim", "names no Host; add Host=, the name, the address or the socket's directory of PostgreSQL")]
    [InlineData("Host=h;Password=geheim", "names no Database; add Database=")]
    public void A_connection_string_that_cannot_be_used_is_refused_without_its_values(string text, string message)
    {
        Write(text);

        Refused().ShouldBe($"database: secret file {Secret} {message}");
    }

    [Fact]
    public void A_server_that_is_not_there_is_named()
    {
        Write($"Host={_folder.Path};Username=postgres;Database=fleet;Password={Password}");

        Refused().ShouldStartWith($"database fleet of {_folder.Path} cannot be reached (");
    }

    [Fact]
    public void A_database_that_does_not_exist_is_named()
    {
        Write($"Host={PostgresServer.Shared.Host};Username=postgres;Database=nowhere");

        Refused().ShouldBe($"database nowhere of {PostgresServer.Shared.Host} does not exist: create it with createdb, or name another one");
    }

    [Theory]
    [InlineData("locked", "wrong")]
    [InlineData("nobody_here", "")]
    public void A_user_or_a_password_that_PostgreSQL_refuses_is_told(string user, string password)
    {
        PostgresServer.Shared.RequirePassword("locked", Password);
        Write($"Host={PostgresServer.Shared.Host};Username={user};Password={password};Database={Name}");

        var message = Refused();
        message.ShouldStartWith($"database {Name} of {PostgresServer.Shared.Host}: PostgreSQL refuses the user (");
        message.ShouldEndWith("): correct Username and Password in the secret file, or pg_hba.conf");
    }

    [Fact]
    public void A_user_who_may_create_no_tables_is_refused()
    {
        PostgresServer.Shared.RequirePassword("locked", Password);
        _stored.Execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
        Write($"Host={PostgresServer.Shared.Host};Username=locked;Password={Password};Database={Name}");

        Refused().ShouldContain(" may not be changed by this user (");
    }

    [Fact]
    public void A_database_with_another_encoding_is_refused()
    {
        _stored.Execute("DROP DATABASE IF EXISTS latin");
        _stored.Execute("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");
        Write($"Host={PostgresServer.Shared.Host};Username=postgres;Database=latin");

        Refused().ShouldBe($"database latin of {PostgresServer.Shared.Host} cannot be used: its encoding is LATIN1; create it with ENCODING 'UTF8' TEMPLATE template0");
        PostgresServer.Shared.DropDatabase("latin");
    }

    [Fact]
    public void A_PostgreSQL_that_is_too_old_is_refused()
    {
        using var proxy = new PostgresProxy(PostgresServer.Shared.Host) { Version = "13" };
        Write($"Host={proxy.Host};Username=postgres;Database={Name}");

        Refused().ShouldMatch($@"\Adatabase {Name} of {proxy.Host} cannot be used: PostgreSQL 13\.\d+ is too old: use 14 or newer\z");
    }

    [Theory]
    [InlineData("session")]
    [InlineData("transaction")]
    public async Task A_pooler_in_between_is_refused(string mode)
    {
        await using var pooler = await PgBouncer.StartAsync(PostgresServer.Shared.Host, mode);
        Write($"Host={pooler.Host};Port=6432;Username=postgres;Database={Name}");

        Refused().ShouldBe($"database {Name} of {pooler.Host} cannot be used: a connection pooler, such as PgBouncer, is between the server and PostgreSQL; name the host and port of PostgreSQL itself");
    }

    [Fact]
    public void A_database_of_a_newer_version_is_refused()
    {
        Write(Good);
        _stored.Execute($"INSERT INTO schema_migrations (version, name, applied_at) VALUES ({Migration.OfPostgres[^1].Version + 1}, 'later', now())");

        Refused().ShouldContain(" was written by a newer wg-fleet (schema ");
    }

    [Fact]
    public void A_database_that_takes_no_changes_is_refused()
    {
        Write(Good);
        _stored.Execute($"ALTER DATABASE {Name} SET default_transaction_read_only = on");

        Refused().ShouldEndWith(" is read-only, such as a standby: name the primary, or the hosts of all, with commas between them");
    }

    private void Write(string text)
    {
        File.WriteAllText(Secret, text);
        File.SetUnixFileMode(Secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <summary>The one line that a start and wg-fleet check say.</summary>
    private string Refused()
    {
        var message = Should.Throw<StartupException>(() => ConfiguredDatabase.Open(Config, new CollectedLog().CreateLogger("store"))).Message;
        message.ShouldNotContain(Password);
        message.ShouldNotContain("\n");
        Should.Throw<StartupException>(() => ConfiguredDatabase.Check(Config)).Message.ShouldBe(message);
        return message;
    }
}
