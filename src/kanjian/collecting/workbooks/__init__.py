"""Sheets as workbooks 填报表: a template out, a filled one in; read by its hidden key, not by its looks."""
