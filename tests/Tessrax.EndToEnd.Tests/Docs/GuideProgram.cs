using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Tessrax.Docs;

namespace Tessrax.EndToEnd.Tests.Docs;

/// <summary>Compiles the C# of a guide against the packages, and runs it: its first argument is the directory of a prepared ledger.</summary>
internal static class GuideProgram
{
    private const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    public static async Task Run(IReadOnlyList<GuideBlock> blocks, LedgerHome home)
    {
        string text = string.Concat(blocks.Select(block => $"#line {block.Line + 1} \"{block.File}\"\n{block.Text}\n"));
        string[] known = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        CSharpCompilation program = CSharpCompilation.Create(
            "guide",
            [CSharpSyntaxTree.ParseText(Usings), CSharpSyntaxTree.ParseText(text)],
            known.Select(file => MetadataReference.CreateFromFile(file)),
            new CSharpCompilationOptions(
                OutputKind.ConsoleApplication,
                nullableContextOptions: NullableContextOptions.Enable
            )
        );
        using var bytes = new MemoryStream();
        EmitResult result = program.Emit(bytes);
        string[] wrong =
        [
            .. result
                .Diagnostics.Where(each => each.Severity >= DiagnosticSeverity.Warning)
                .Select(each => each.ToString()),
        ];
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
        if (blocks.Any(block => block.Compiled is not null))
            return;
        bytes.Position = 0;
        var context = new AssemblyLoadContext("guide", isCollectible: true);
        try
        {
            MethodInfo main = context.LoadFromStream(bytes).EntryPoint!;
            // The compiler's own entry point waits for the task that the program's is.
            object? task = main.DeclaringType!.GetMethod("<Main>$", BindingFlags.NonPublic | BindingFlags.Static)!
                .Invoke(null, [(string[])[home.Path]]);
            if (task is Task running)
                await running;
        }
        finally
        {
            context.Unload();
        }
    }
}
