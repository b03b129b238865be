// The same questions from F#: dotnet fsi audit.fsx LEDGER
// First, once: dotnet publish src/Tessrax.Interactive -r linux-x64 --no-self-contained -o artifacts/interactive
#r "../../artifacts/interactive/Tessrax.Interactive.dll"
#r "../../artifacts/interactive/Tessrax.Node.dll"
#r "../../artifacts/interactive/Tessrax.dll"

open System.Linq
open Tessrax.Interactive

let ask (path: string) =
    use ledger = Ledger.Open path
    printfn "%O" ledger
    printfn "%s" (Chart.Bars(ledger.From().CountBy(fun item -> item.Event), 60))
    printfn "%s" (ledger.Tail(5).ToTable())
    let check = ledger.Verify()
    printfn "%O" check
    if check.Holds then 0 else 1

match fsi.CommandLineArgs with
| [| _; path |] ->
    try
        exit (ask path)
    with :? Tessrax.TessraxException as e ->
        eprintfn "error %O: %s\nhint: %s" e.Code e.Message e.Hint
        exit (int e.Code.Class)
| _ ->
    eprintfn "usage: dotnet fsi audit.fsx LEDGER"
    exit 2
