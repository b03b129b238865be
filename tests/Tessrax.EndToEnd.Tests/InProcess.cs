using System.Text;
using Tessrax.Cli;

namespace Tessrax.EndToEnd.Tests;

/// <summary>Runs <c>tessraxctl</c> inside the test: for terminals, prompts and clocks, which a pipe cannot play.</summary>
internal sealed class InProcess
{
    /// <summary>Variables of its environment.</summary>
    public Dictionary<string, string> Variables { get; } = new(StringComparer.Ordinal);

    public bool IsTerminal { get; init; }

    public int Width { get; init; } = 80;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public string Input { get; init; } = "";

    /// <summary>What is typed at prompts.</summary>
    public string Keys { get; init; } = "";

    public MemoryStream Output { get; init; } = new();

    public MemoryStream Error { get; init; } = new();

    public CtlResult Run(params string[] args)
    {
        int code = CliApp.Run(args, Host());
        return new CtlResult(code, Output.ToArray(), Encoding.UTF8.GetString(Error.ToArray()));
    }

    public CliHost Host()
    {
        var keys = new Queue<char>(Keys);
        byte seed = 0;
        return new CliHost
        {
            Input = new MemoryStream(Encoding.UTF8.GetBytes(Input)),
            Output = Output,
            Error = Error,
            InputIsTerminal = IsTerminal,
            OutputIsTerminal = IsTerminal,
            ErrorIsTerminal = IsTerminal,
            Width = Width,
            Variable = name => Variables.GetValueOrDefault(name),
            Time = Time,
            Random = bytes => bytes.Fill(++seed),
            ReadKey = () =>
            {
                char key = keys.Dequeue();
                return new ConsoleKeyInfo(
                    key,
                    key == '\b' ? ConsoleKey.Backspace : ConsoleKey.None,
                    false,
                    false,
                    false
                );
            },
        };
    }
}
