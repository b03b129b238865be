using System.Globalization;
using System.Reflection;
using System.Text;
using Microsoft.Extensions.Logging;
using Tessrax.Canonical;
using Tessrax.Cli;
using Tessrax.Hashing;
using Tessrax.Node;
using Tessrax.Node.Logging;
using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests;

/// <summary>Every message of the log: its number, what it may tell, and the page that lists it.</summary>
public sealed class LogMessageTests
{
    // What can hold no key: a record or bytes could.
    private static readonly Type[] Told =
    [
        typeof(string),
        typeof(long),
        typeof(int),
        typeof(Digest),
        typeof(UtcTime),
        typeof(TimeSpan),
        typeof(ErrorCode),
        typeof(Exception),
    ];

    private static readonly (MethodInfo Method, LoggerMessageAttribute Message)[] Messages =
    [
        .. new[] { typeof(NodeEnvironment).Assembly, typeof(CliApp).Assembly }
            .SelectMany(assembly => assembly.GetTypes())
            .SelectMany(type =>
                type.GetMethods(
                    BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly
                )
            )
            .Select(method => (method, method.GetCustomAttribute<LoggerMessageAttribute>()!))
            .Where(found => found.Item2 is not null)
            .OrderBy(found => found.Item2.EventId),
    ];

    [Fact]
    public void Numbers_are_used_once_and_belong_to_an_area()
    {
        Assert.True(Messages.Length > 10);
        Assert.Equal(Messages.Length, Messages.Select(m => m.Message.EventId).Distinct().Count());
        Assert.Equal(Messages.Length, Messages.Select(m => m.Method.Name).Distinct().Count());
        Assert.All(Messages, m => Assert.NotEqual("other", ConsoleStyle.AreaOf(m.Message.EventId)));
        Assert.All(Messages, m => Assert.False(m.Message.Message.EndsWith('.')));
    }

    // The generator puts those of several classes together in an order of its own, another one each time: symbols would differ from build to build.
    [Fact]
    public void Those_of_an_assembly_stand_in_one_class() =>
        Assert.All(
            Messages.GroupBy(m => m.Method.Module.Assembly),
            messages => Assert.Single(messages.Select(m => m.Method.DeclaringType).Distinct())
        );

    [Fact]
    public void A_message_tells_nothing_that_could_hold_a_secret() =>
        Assert.All(
            Messages.SelectMany(m => m.Method.GetParameters().Skip(1)),
            parameter => Assert.Contains(parameter.ParameterType, Told)
        );

    [Fact]
    public void The_page_of_messages_is_up_to_date() =>
        Snapshot.CheckFile(Path.Combine(Spec.Root, "docs", "logging.md"), Page());

    private static string Page()
    {
        var page = new StringBuilder();
        page.Append(
            """
            # Logging

            Nothing is logged unless somebody asks: `--log LEVEL` or `TESSRAX_LOG=LEVEL`, where a level is one of
            `trace`, `debug`, `info`, `warn`, `error`, `critical`, `off`. Messages go to standard error, or with
            `--log-file FILE` to the end of a file; `--log-format json` writes a document a line:

            ```text
            02:31:07.123Z warn     1001 12 bytes of a write that a crash cut short were dropped from decisions; it was never acknowledged
            {"area":"opening","id":1001,"level":"warn","message":"…","name":"TornWrite","t":"2026-11-27T02:31:07.123000Z","values":{"bytes":"12","path":"decisions"}}
            ```

            A number never changes its meaning and is never used again; texts and names of values may change. A log that
            cannot be written to any more stops nothing. Passphrases, mnemonics, key material and payloads are never logged;
            paths, origins, ids, sizes and error messages are. Programs that embed a node hand in their own `ILogger`
            (`NodeEnvironment.Logger`), or use `Tessrax.Node.Logging.ConsoleStyle` for this style.


            """.ReplaceLineEndings("\n")
        );
        foreach (var area in Messages.GroupBy(m => ConsoleStyle.AreaOf(m.Message.EventId)))
        {
            page.Append(CultureInfo.InvariantCulture, $"## {char.ToUpperInvariant(area.Key[0])}{area.Key[1..]}\n\n");
            page.Append("| id | level | name | message |\n|---|---|---|---|\n");
            foreach ((MethodInfo method, LoggerMessageAttribute message) in area)
                page.Append(
                    CultureInfo.InvariantCulture,
                    $"| {message.EventId} | {ConsoleStyle.Levels[(int)message.Level]} | {method.Name} | {message.Message} |\n"
                );
            page.Append('\n');
        }
        return page.ToString().TrimEnd('\n') + "\n";
    }
}
